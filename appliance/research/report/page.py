"""Write the report of a backtest."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.series import Rows
from appliance.research.report.terms import Terms


class Candles(Protocol):
    """The candles of one pair, as `PairSeries` has them."""

    @property
    def pair(self) -> str: ...

    @property
    def rows(self) -> Rows: ...


def write_report(
    path: Path, outcome: Outcome, series: Iterable[Candles], terms: Terms, warnings: Sequence[str] = ()
) -> None:
    """Write the report of one backtest as one HTML file, which replaces `path` whole or not at all.

    `series` is gone through once, one pair at a time, so that a generator keeps memory low; every pair that
    was traded must be in it. `warnings` are texts, shown above all figures. Raises DataError.
    """
    raise NotImplementedError
