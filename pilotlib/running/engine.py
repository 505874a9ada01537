"""A papermill engine that runs a notebook in this process: no kernel is started, imports are paid once.

Every notebook begins as in a new kernel: empty names, matplotlib as it is by default, its own `__main__`, working
directory, search path and environment. What a process keeps on purpose are its imported modules; a notebook that
changes a module itself is seen by the next one, which is why `--engine kernel` remains.
"""

import contextlib
import io
import json
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.jsonutil import json_default
from matplotlib import pyplot
from matplotlib_inline.backend_inline import configure_inline_support
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

IN_PROCESS = "in-process"
_INLINE = "module://matplotlib_inline.backend_inline"
# IPython's shell, the working directory and matplotlib's settings are one to a process.
_ONE_AT_A_TIME = threading.Lock()


class InProcessEngine(Engine):
    """papermill's `Engine` without a kernel; outputs are those that a kernel would send."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: Any) -> None:
        """Run the code cells in order, up to the first that fails."""
        with _ONE_AT_A_TIME, _as_in_a_new_kernel() as shell:
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                if cell.cell_type == "code" and cell.source.strip():
                    cell.outputs = shell.outputs = []
                    cell.execution_count = shell.execution_count
                    ran = shell.run_cell(cell.source, store_history=True)
                    if isinstance(ran.error_in_exec, KeyboardInterrupt):
                        raise ran.error_in_exec
                    if not ran.success:
                        nb_man.cell_exception(cell, index)
                        break
                nb_man.cell_complete(cell, index)


class _Shell(InteractiveShell):
    """IPython's shell, writing what a cell shows into `outputs`, a list of a notebook's outputs."""

    outputs: list[NotebookNode]

    def add(self, kind: str, data: dict[str, Any], metadata: dict[str, Any] | None, **others: Any) -> None:
        sent = json.loads(json.dumps(data, default=json_default))
        self.outputs.append(new_output(kind, data=sent, metadata=metadata or {}, **others))

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        """Called by IPython with what it would print of an error."""
        self.outputs.append(new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb))


class _Results(DisplayHook):
    """What the last expression of a cell comes to; what IPython would print around it is left out."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        _Shell.instance().add("execute_result", format_dict, md_dict, execution_count=self.prompt_count)

    def flush(self) -> None:
        """Called before all names go, results too: nothing is left to do but IPython's search for garbage."""


class _Displayed(DisplayPublisher):
    """What `display` is called with."""

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
        self.shell.add("display_data", data, metadata)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _Stream(io.TextIOBase):
    """stdout or stderr of a notebook: what is written in a row is one output."""

    def __init__(self, shell: _Shell, name: str) -> None:
        self._shell, self._name = shell, name

    def write(self, text: str) -> int:
        outputs = self._shell.outputs
        if outputs and outputs[-1].get("name") == self._name:
            outputs[-1]["text"] += text
        elif text:
            outputs.append(new_output("stream", name=self._name, text=text))
        return len(text)


@contextlib.contextmanager
def _as_in_a_new_kernel() -> Iterator[_Shell]:
    """The one shell of this process, emptied, and everything that a notebook may set put back afterwards.

    IPython's functions and the figures after a cell look for the shell by type.
    """
    main, path, environment = sys.modules["__main__"], list(sys.path), dict(os.environ)
    backend, settings = matplotlib.get_backend(auto_select=False), Config(HistoryManager={"enabled": False})
    shell = _Shell.instance(config=settings, displayhook_class=_Results, display_pub_class=_Displayed)
    configure_inline_support(shell, _INLINE)
    shell.reset()
    try:
        with (
            warnings.catch_warnings(),
            contextlib.chdir("."),  # and back
            matplotlib.rc_context(),
            contextlib.redirect_stdout(_Stream(shell, "stdout")),
            contextlib.redirect_stderr(_Stream(shell, "stderr")),
        ):
            sys.modules["__main__"] = shell.user_module
            sys.path.insert(0, "")
            matplotlib.rcdefaults()
            matplotlib.use(_INLINE)
            matplotlib.interactive(True)
            yield shell
    finally:
        sys.modules["__main__"], sys.path[:] = main, path
        os.environ.clear()
        os.environ.update(environment)
        pyplot.close("all")
        if backend:
            matplotlib.use(backend)


def shell_is_taken() -> bool:
    """Whether this process is itself a kernel or a terminal of IPython, whose shell no notebook may empty."""
    return InteractiveShell.initialized() and not isinstance(InteractiveShell.instance(), _Shell)


papermill_engines.register(IN_PROCESS, InProcessEngine)
