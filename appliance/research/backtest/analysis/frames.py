"""Keep analysed dataframes in files while a backtest runs: the system drops them from memory as it needs.

A frame is written as Python pickles it, its columns beside it; read, the columns are views of the file.
"""

import mmap
import os
import pickle
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from appliance.domain.errors import DataError

if TYPE_CHECKING:
    from pandas import DataFrame

Kind = Literal["analysed", "indicators"]
"""With signals, or only with indicators."""

_PREFIX = "frames-"
_ALIGNED = 64


class FrameFolder:
    """Write and read the frames of a run, by pair."""

    def __init__(self, folder: Path, owner: str = "") -> None:
        self._folder = folder
        self._owner = owner

    def of(self, owner: str) -> "FrameFolder":
        """Return the same folder for the frames of another strategy."""
        return FrameFolder(self._folder, owner)

    def put(self, kind: Kind, pair: str, frame: "DataFrame") -> None:
        """Store a frame. Raises DataError if the disk is full."""
        buffers: list[pickle.PickleBuffer] = []
        head = pickle.dumps(frame, protocol=5, buffer_callback=buffers.append)
        parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
        sizes = pickle.dumps([len(part) for part in parts])
        try:
            with self._file(kind, pair).open("wb") as file:
                file.write(len(sizes).to_bytes(8, "little"))
                file.write(sizes)
                for part in parts:
                    file.write(bytes(-file.tell() % _ALIGNED))
                    file.write(part)
        except OSError as error:
            raise DataError(
                f"{self._folder}: analysed candles cannot be stored there ({error.strerror}): free some space"
            ) from error

    def get(self, kind: Kind, pair: str) -> "DataFrame | None":
        """Return a frame whose values are those of the file; None if it was not stored."""
        try:
            with self._file(kind, pair).open("rb") as file:
                # Private: what strategies write into a frame stays in memory.
                content = memoryview(mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE))
        except FileNotFoundError:
            return None
        place = 8 + int.from_bytes(content[:8], "little")
        parts = []
        for size in pickle.loads(content[8:place]):
            place += -place % _ALIGNED
            parts.append(content[place : place + size])
            place += size
        frame: DataFrame = pickle.loads(parts[0], buffers=parts[1:])
        return frame

    def _file(self, kind: Kind, pair: str) -> Path:
        return self._folder / f"{self._owner}-{kind}-{pair.replace('/', '_').replace(':', '_')}"


@contextmanager
def frame_folder(parent: Path) -> Iterator[FrameFolder]:
    """Give a folder that is gone in the end; those that killed programs left are removed first."""
    _remove_abandoned(parent)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
    except OSError as error:
        raise DataError(f"{parent}: folder cannot be made: {error.strerror}") from error
    try:
        yield FrameFolder(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdigit() and not _is_running(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True
