"""Say what research can be done with, from memory while files are the same: strategies and candles."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from appliance.research.data.stored import StoredSeries
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench

_MOST_FILES = 20_000


class _Names(msgspec.Struct):
    strategies: list[str]


class Choices:
    """Remember strategies and candles, until a file of theirs changes."""

    def __init__(self) -> None:
        self._strategies: tuple[int, list[str]] = (0, [])
        self._series: tuple[int, list[StoredSeries]] = (0, [])

    async def strategies(self, bench: "Workbench") -> list[str]:
        """Return the names of the strategies that can be loaded. Raises Refused."""
        stamp = await for_readers(lambda: _stamp(_strategy_folders(bench), ".py"))
        if stamp != self._strategies[0]:
            found = msgspec.json.decode(await bench.ask("strategies:names"), type=_Names)
            self._strategies = stamp, found.strategies
        return self._strategies[1]

    async def series(self, bench: "Workbench") -> list[StoredSeries]:
        """Return the stored candles. Raises Refused."""
        stamp = await for_readers(_stamp, [bench.loaded.datadir], "")
        if stamp != self._series[0]:
            answer = await bench.ask("stored_data:listed")
            self._series = (
                stamp,
                await for_readers(lambda: msgspec.json.decode(answer, type=list[StoredSeries])),
            )
        return self._series[1]


def _strategy_folders(bench: "Workbench") -> list[Path]:
    extra = bench.loaded.settings.strategy_path
    return [bench.loaded.user_data_dir / "strategies", *([Path(extra).expanduser()] if extra else [])]


def _stamp(folders: Iterable[Path], ending: str) -> int:
    """Return what changes with the files in folders: their names, sizes and times. Never 0."""
    stamp = 1
    for folder in folders:
        for count, file in enumerate(folder.rglob(f"*{ending}")):
            if count > _MOST_FILES:
                break
            try:
                stat = file.stat()
            except OSError:
                continue
            stamp ^= hash((str(file), stat.st_mtime_ns, stat.st_size))
    return stamp or 1
