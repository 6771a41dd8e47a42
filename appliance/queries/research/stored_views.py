"""Remember what stored files say: read once by a process, then from memory while they are the same."""

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench

MOST_REMEMBERED = 300
"""Files whose views stay in memory, about 6 kB each."""

Stamp = tuple[str, int, int]
View = TypeVar("View")


class StoredViews(Generic[View]):
    """Remember views of one type; `task` is what the process calls to read files that are new or changed."""

    def __init__(self, task: str, view: type[View]) -> None:
        self._task = task
        self._decode = msgspec.json.Decoder(dict[str, list[view]]).decode  # type: ignore[valid-type]
        self._known: OrderedDict[Stamp, list[View]] = OrderedDict()

    async def of(self, bench: "Workbench", files: list[Path]) -> dict[str, list[View]]:
        """Return the views of each file by its name without ending. Raises Refused where none can be read."""
        stamps = await for_readers(_stamps, files)
        missing = [str(file.absolute()) for file in stamps if stamps[file] not in self._known]
        if missing:
            found = self._decode(await bench.ask(self._task, files=missing))
            for file, stamp in stamps.items():
                if (views := found.get(str(file.absolute()))) is not None:
                    self._known[stamp] = views
        shown = {}
        for file, stamp in stamps.items():
            if stamp in self._known:
                self._known.move_to_end(stamp)
                shown[file.stem] = self._known[stamp]
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return shown


def _stamps(files: list[Path]) -> dict[Path, Stamp]:
    """Return what tells versions of a file apart; files that are gone are left out."""
    stamps = {}
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            continue
        stamps[file] = (str(file), stat.st_mtime_ns, stat.st_size)
    return stamps
