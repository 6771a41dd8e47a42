"""Locate the files installed with the package: templates, styles, scripts, units."""

from pathlib import Path
from typing import Literal

AssetFolder = Literal["web", "systemd", "docker"]

_PACKAGE = Path(__file__).resolve().parent


def asset_dir(name: AssetFolder) -> Path:
    """Return the folder of that name: beside the package in a checkout, inside it when installed.

    Raises FileNotFoundError where neither is there (a broken installation).
    """
    for folder in (_PACKAGE / f"_{name}", _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{_PACKAGE / f'_{name}'}: this installation is incomplete, install it again")
