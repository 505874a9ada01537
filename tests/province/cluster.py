"""A scheduler of dask and its workers on loopback, each a process that can be killed."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """The scheduler's address, and the processes: the scheduler's first; all end with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    dask = str(Path(sys.executable).with_name("dask"))
    scheduler = [dask, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
    worker = [dask, "worker", address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
    with (folder / "dask.log").open("w") as log:
        settings = {"cwd": folder, "stdout": log, "stderr": log, "start_new_session": True}
        settings["env"] = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        processes = [subprocess.Popen(command, **settings) for command in (scheduler, *[worker] * workers)]
        try:
            yield address, processes
        finally:
            for process in processes:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
