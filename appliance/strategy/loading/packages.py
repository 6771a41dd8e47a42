"""Find the Python packages that strategies need besides this program's, in a folder of the bot's own."""

import importlib
import sys
from pathlib import Path


def package_folder(user_data: Path) -> Path:
    """Return where the bot's own packages are: one folder for each version of Python."""
    return user_data / "packages" / f"python{sys.version_info[0]}.{sys.version_info[1]}"


def make_importable(folder: Path) -> None:
    """Let strategies import from the folder, after everything else: nothing of ours is replaced."""
    path = str(folder)
    if not folder.is_dir():
        return
    if path not in sys.path:
        sys.path.append(path)
    importlib.invalidate_caches()
