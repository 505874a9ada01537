"""`python -m pilotlib` is the command `pilot`."""

from pilotlib.cli import main

if __name__ == "__main__":
    main()
