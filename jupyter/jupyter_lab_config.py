"""How JupyterLab opens in this project: in Chinese, on the start page, asking nothing of other hosts."""

import os
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
# The launcher's cards, and a kernel that draws Chinese, are found below this folder.
os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(here), os.environ.get("JUPYTER_PATH")]))
# `pilot` is found by a terminal and by `!pilot` in a cell, whether or not the environment is activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

c = get_config()  # noqa: F821  Jupyter gives it
c.ServerApp.root_dir = str(here.parent)
c.LabApp.default_url = "/lab/tree/notebooks/start.md"
c.LabApp.app_settings_dir = str(here / "settings")
c.LabApp.workspaces_dir = str(here.parent / ".pilot" / "lab")
# The tables of the start page stand to the left: custom/custom.css. Outputs bring their own style.
c.LabApp.custom_css = True
c.ServerApp.tornado_settings = {"static_custom_path": [str(here / "custom")]}
c.LabApp.extension_manager = "readonly"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
