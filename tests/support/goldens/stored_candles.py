"""Store the candles of the goldens once per test session, whichever worker needs a pair first."""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from tests.support.goldens import candles
from tests.support.goldens.candles import AUGUST, DAY, JULY

LENGTHS = {"5m": 5, "15m": 15, "1h": 60, "4h": 240, "1d": 1440}
DETAIL = JULY + 14 * DAY, AUGUST + 31 * DAY
"""Candles of one minute: from the middle of July to the end of August."""
TESTED = JULY - 30 * DAY, AUGUST + 31 * DAY
"""Candles of five minutes: June to August; GAP/USDT has those of the whole year."""


class StoredCandles:
    """A data folder that is filled by pair. `root` is shared by all workers of the session."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "binance"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._files = CandleFiles(self.folder, "feather")

    @classmethod
    def of_session(cls, folders: pytest.TempPathFactory, config: pytest.Config) -> "StoredCandles":
        base = folders.getbasetemp()
        return cls((base.parent if hasattr(config, "workerinput") else base) / "golden-candles")

    def provide(self, pairs: Iterable[str]) -> None:
        """Store the candles of pairs that nobody has stored; first those that nobody else is storing."""
        waiting = [pair for pair in pairs if not self._done(pair).exists()]
        for waits in (False, True):
            for pair in list(waiting):
                with self._turn(pair, waits=waits) as has_turn:
                    if not has_turn:
                        continue
                    if not self._done(pair).exists():
                        self._store(pair)
                        self._done(pair).touch()
                    waiting.remove(pair)

    def _done(self, pair: str) -> Path:
        return self.folder / f"{_plain(pair)}.done"

    @contextmanager
    def _turn(self, pair: str, *, waits: bool) -> Iterator[bool]:
        with (self.folder / f"{_plain(pair)}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _store(self, pair: str) -> None:
        futures = ":" in pair
        kind = "futures" if futures else "spot"
        minutes = candles.minutes_of(pair, _market())
        made = {timeframe: candles.candles_of(pair, minutes, length) for timeframe, length in LENGTHS.items()}
        if pair != "GAP/USDT":
            made["5m"] = made["5m"][slice(*np.searchsorted(made["5m"][:, 0], _dates(TESTED)))]
        made["1m"] = candles.candles_of(pair, minutes, 1, since=DETAIL[0], until=DETAIL[1])
        for timeframe, table in made.items():
            self._files.save(CandleKey(pair, timeframe, kind), table)
        if futures:
            mark, rates = candles.mark_and_funding(pair, made["1h"])
            self._files.save(CandleKey(pair, "1h", "mark"), mark)
            self._files.save(CandleKey(pair, "1h", "funding_rate"), rates)


@cache
def _market() -> np.ndarray:
    return candles.market()


def _dates(minutes: tuple[int, int]) -> list[int]:
    return [candles.START + minute * candles.MINUTE for minute in minutes]


def _plain(pair: str) -> str:
    return pair.replace("/", "_").replace(":", "_")
