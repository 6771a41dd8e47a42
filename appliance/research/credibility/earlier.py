"""Count the trials of earlier searches: who searches ten times has tried ten times as much."""

from pathlib import Path
from typing import Any

import orjson

_CHUNK = 1 << 20


def earlier_trials(file: Path, strategy: str, first_ms: int, last_ms: int) -> int:
    """Return how many epochs other searches of the strategy had on candles of the range (ms, UTC).

    They are looked for beside `file`, the one of this search. Files that cannot be read count nothing.
    """
    others = (one for one in file.parent.glob(f"strategy_{strategy}_*.fthypt") if one != file)
    return sum(_epochs(one) for one in others if _overlaps(one, first_ms, last_ms))


def _overlaps(file: Path, first_ms: int, last_ms: int) -> bool:
    try:
        with file.open("rb") as opened:
            metrics: Any = orjson.loads(opened.readline())["results_metrics"]
        return bool(metrics["backtest_start_ts"] <= last_ms and metrics["backtest_end_ts"] >= first_ms)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _epochs(file: Path) -> int:
    try:
        with file.open("rb") as opened:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(_CHUNK), b""))
    except OSError:
        return 0
