"""Locate the folder of additional Python packages for strategies."""

import importlib
import sys
from pathlib import Path


def package_folder(user_data: Path) -> Path:
    """Return the folder of additional packages, one per Python version."""
    return user_data / "packages" / f"python{sys.version_info[0]}.{sys.version_info[1]}"


def make_importable(folder: Path) -> None:
    """Add the folder to the end of the import path, so that it replaces no package of the program."""
    path = str(folder)
    if not folder.is_dir():
        return
    if path not in sys.path:
        sys.path.append(path)
    importlib.invalidate_caches()
