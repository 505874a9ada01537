"""A papermill engine that runs a notebook in this process: no kernel is started, imports are paid once.

Every notebook begins as in a new kernel, but for the modules that are imported: where one changes a module
itself, the next one sees it, which is why `--engine kernel` remains.
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
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from matplotlib import pyplot
from matplotlib_inline.backend_inline import configure_inline_support
from nbformat import NotebookNode
from nbformat.v4 import new_output, output_from_msg
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
        with _ONE_AT_A_TIME, _as_in_a_new_kernel() as (shell, session):
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                if cell.cell_type == "code" and cell.source.strip():
                    cell.outputs = session.outputs = []
                    cell.execution_count = shell.execution_count
                    ran = shell.run_cell(cell.source, store_history=True)
                    if isinstance(ran.error_in_exec, KeyboardInterrupt):
                        raise ran.error_in_exec
                    if not ran.success:
                        nb_man.cell_exception(cell, index)
                        break
                nb_man.cell_complete(cell, index)


class _Session(Session):
    """What a kernel's shell sends of a cell becomes `outputs`, a list of a notebook's outputs."""

    outputs: list[NotebookNode]

    def send(self, stream: Any, sent: Any, content: Any = None, *_: Any, **__: Any) -> None:  # type: ignore
        message = sent if isinstance(sent, dict) else self.msg(sent, content)
        if message["msg_type"] == "clear_output":
            self.outputs.clear()
        else:
            message = json.loads(json.dumps(message, default=json_default))
            message["header"]["msg_type"] = message["msg_type"].removeprefix("update_")
            self.outputs.append(output_from_msg(message))


class _Shell(ZMQInteractiveShell):
    def enable_gui(self, gui: Any = None) -> None:
        """There is no event loop; figures are shown after a cell."""


class _Stream(io.TextIOBase):
    """stdout or stderr of a notebook: what is written in a row is one output."""

    def __init__(self, session: _Session, name: str) -> None:
        self._session, self._name = session, name

    def write(self, text: str) -> int:
        outputs = self._session.outputs
        if outputs and outputs[-1].get("name") == self._name:
            outputs[-1]["text"] += text
        elif text:
            outputs.append(new_output("stream", name=self._name, text=text))
        return len(text)


@contextlib.contextmanager
def _as_in_a_new_kernel() -> Iterator[tuple[_Shell, _Session]]:
    """The one shell of this process, emptied, and everything that a notebook may set put back afterwards."""
    main, path, environment = sys.modules["__main__"], list(sys.path), dict(os.environ)
    backend, session = matplotlib.get_backend(auto_select=False), _Session()
    shell = _Shell.instance(config=Config(HistoryManager={"enabled": False}))
    shell.displayhook.session = shell.display_pub.session = session  # type: ignore[attr-defined]
    # All names go by `reset`, results too: nothing is left to flush, and IPython's search for garbage takes long.
    shell.displayhook.flush = lambda: None  # type: ignore[method-assign]
    configure_inline_support(shell, _INLINE)
    shell.reset()
    try:
        with (
            warnings.catch_warnings(),
            contextlib.chdir("."),  # and back
            matplotlib.rc_context(),
            contextlib.redirect_stdout(_Stream(session, "stdout")),
            contextlib.redirect_stderr(_Stream(session, "stderr")),
        ):
            sys.modules["__main__"] = shell.user_module
            sys.path.insert(0, "")
            shell.init_environment()
            matplotlib.rcdefaults()
            matplotlib.use(_INLINE)
            matplotlib.interactive(True)
            pyplot.close("all")  # else a notebook would draw on what this process has left open
            yield shell, session
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
