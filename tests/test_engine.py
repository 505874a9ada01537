"""Notebooks inside this process: their outputs are a kernel's, and nothing leaks from one to the next."""

import os
import sys
from pathlib import Path

import matplotlib.pyplot
import nbformat
import papermill
import pytest

from pilotlib.running import stages
from pilotlib.running.engine import IN_PROCESS
from tests.conftest import KERNELS, pilot

SAYING_MUCH = (
    "print('one'); print('two')",
    "import sys\nprint('aside', file=sys.stderr)",
    "1 + 1",
    "40 + 2;",
    "_, Out[3], In[1]",
    "from IPython.display import HTML, Markdown, clear_output, display\ndisplay(HTML('<b>b</b>'))\nMarkdown('*m*')",
    "print('gone'); clear_output(); print('left')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "from matplotlib import pyplot as plt\nplt.plot([1, 2]);",
    "figure, axes = plt.subplots(figsize=(1, 1))\nNone",
    "__name__, __import__('sys').modules['__main__'].figure is figure",
    "",
    "get_ipython().execution_count",
)


def notebook(path, *sources):
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    node.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(node, path)
    return path


def outputs(path, engine=IN_PROCESS):
    """The outputs of each cell of a notebook, run by an engine."""
    node = papermill.execute_notebook(path, None, engine_name=engine, kernel_name="python3", progress_bar=False)
    return [(cell.execution_count, cell.outputs) for cell in node.cells]


def texts(path):
    return [[output["data"]["text/plain"] for output in cell] for _, cell in outputs(path) if cell]


def test_every_kind_of_output_is_a_kernels(tmp_path):
    path = notebook(tmp_path / "a.ipynb", *SAYING_MUCH)
    with KERNELS:
        of_a_kernel = outputs(path, None)
    assert sum(len(cell) for _, cell in of_a_kernel) >= 12
    assert outputs(path) == of_a_kernel
    assert outputs(path) == of_a_kernel  # the second notebook of a process too: figures, names, numbers of cells


def test_a_figure_that_is_open_in_the_process_is_not_drawn_upon(tmp_path):
    matplotlib.pyplot.figure()
    [(_, shown)] = outputs(notebook(tmp_path / "a.ipynb", "from matplotlib import pyplot as plt\nplt.plot([1, 2]);"))
    assert [[*output["data"]] for output in shown] == [["text/plain", "image/png"]]


def test_a_notebook_finds_nothing_that_the_one_before_it_left(tmp_path, monkeypatch):
    monkeypatch.setenv("LEFT", "before")
    leaving = notebook(
        tmp_path / "leaving.ipynb",
        "import os, sys, matplotlib, builtins\nfrom matplotlib import pyplot as plt",
        "left = 1\nmatplotlib.rcParams['font.size'] = 33\nos.environ['LEFT'] = 'after'\nsys.path.append('left')",
        "plt.ioff()\nplt.figure()\nos.chdir('/')",
    )
    here, size, path = Path.cwd(), matplotlib.rcParams["font.size"], list(sys.path)
    main, backend = sys.modules["__main__"], matplotlib.get_backend()
    outputs(leaving)
    assert (Path.cwd(), os.environ["LEFT"], sys.path) == (here, "before", path)
    assert (sys.modules["__main__"], matplotlib.get_backend()) == (main, backend)
    assert matplotlib.rcParams["font.size"] == size
    asking = notebook(
        tmp_path / "asking.ipynb",
        "import os, sys, matplotlib\nfrom matplotlib import pyplot as plt",
        "'left' in globals(), matplotlib.rcParams['font.size'], os.environ['LEFT'], 'left' in sys.path",
        "plt.get_fignums(), matplotlib.is_interactive()",
    )
    assert texts(asking) == [["(False, 10.0, 'before', False)"], ["([], True)"]]


def test_a_cell_that_fails_is_an_error_in_the_notebook_and_the_rest_does_not_run(tmp_path):
    path, output = notebook(tmp_path / "a.ipynb", "1", "1 / 0", "print('never')"), tmp_path / "out.ipynb"
    with pytest.raises(papermill.PapermillExecutionError, match="ZeroDivisionError"):
        papermill.execute_notebook(path, output, engine_name=IN_PROCESS, kernel_name="python3", progress_bar=False)
    codes = [cell for cell in nbformat.read(output, as_version=4).cells if cell.cell_type == "code"]
    assert [output.output_type for cell in codes for output in cell.outputs] == ["execute_result", "error"]
    assert texts(notebook(tmp_path / "b.ipynb", "2")) == [["2"]]


def test_an_interrupt_ends_the_run_and_is_no_error_of_the_notebook(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        outputs(notebook(tmp_path / "a.ipynb", "raise KeyboardInterrupt"))


def test_inside_a_kernel_the_notebooks_of_a_run_get_kernels_of_their_own(tmp_path):
    """Whose shell the in-process engine would empty."""
    inner = notebook(tmp_path / "inner.ipynb", "import os\nos.getpid()")
    asks = (
        "import nbformat\nfrom pathlib import Path\nfrom pilotlib.running import stages\nkept = 1",
        f"stages.execute(Path({str(inner)!r}), Path('out.ipynb'), {{}}, Path.cwd(), Path.cwd(), '', None)",
        "import os\nran = nbformat.read('out.ipynb', 4).cells[0].outputs[0]['data']['text/plain']",
        "kept, ran == str(os.getpid())",
    )
    path = notebook(tmp_path / "outer.ipynb", *asks)
    with KERNELS:
        node = papermill.execute_notebook(path, None, kernel_name="python3", cwd=tmp_path, progress_bar=False)
    assert node.cells[-1].outputs[0]["data"]["text/plain"] == "(1, False)"


def test_an_engine_that_there_is_not_is_refused(project):
    result = pilot(project, "run", "2021", "--engine", "steam")
    assert result.returncode == 2
    assert "in-process" in result.stderr and "kernel" in result.stderr
    assert set(stages.ENGINES) == {"in-process", "kernel"}
