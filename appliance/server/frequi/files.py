"""Read the files of an installed release of FreqUI."""

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from appliance.server.dashboard.static_files import TYPES, StaticFiles, static_file
from appliance.server.frequi.below_path import relative

PAGE: Final = "index.html"
_MOST_BYTES: Final = 40 * 2**20
"""A release has 4 MB; what is far larger is none, and would stay in memory."""


def read_files(folder: Path) -> StaticFiles:
    """Read all files but source maps (which nobody but a developer of FreqUI needs). Blocks: for a thread."""
    return StaticFiles(
        {
            path.relative_to(folder).as_posix(): static_file(
                relative(path.suffix, path.read_bytes()), _type_of(path)
            )
            for path in _chosen(folder)
        }
    )


def _chosen(folder: Path) -> Iterator[Path]:
    left = _MOST_BYTES
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".map" or path.is_symlink() or not path.is_file():
            continue
        left -= path.stat().st_size
        if left < 0:
            return
        yield path


def _type_of(path: Path) -> str:
    return TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
