"""Cut time into windows: a searched range, a gap, and the tested range after it.

    rolling    |--- search ---| gap |- test -|
                         |--- search ---| gap |- test -|
    anchored   |--- search ---| gap |- test -|
               |-------- search --------| gap |- test -|

The tested ranges follow each other without a hole and without overlap. Source: Pardo (2008), The Evaluation
and Optimization of Trading Strategies, chapter 11.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from appliance.domain.errors import ConfigurationError
from appliance.domain.timeframe import to_date
from appliance.research.timerange import TimeRange


@dataclass(frozen=True, kw_only=True)
class Cut:
    """State how time is cut; lengths in ms. `anchored` windows all search from the first candle on.

    `gap` is left out between the searched and the tested range: trades of the one do not reach into the other
    (purging), and what markets remember fades (embargo).
    """

    search: int
    test: int
    gap: int = 0
    anchored: bool = False


@dataclass(frozen=True, kw_only=True)
class Window:
    """State one window (ms, UTC): from each `_from` on, up to `_until`, the first moment after it."""

    number: int
    search_from: int
    search_until: int
    test_from: int
    test_until: int

    def searched(self, candle_ms: int) -> TimeRange:
        """Return the range of candles that is searched, both ends included."""
        return TimeRange(self.search_from, self.search_until - candle_ms)

    def tested(self, candle_ms: int) -> TimeRange:
        """Return the range of candles that is tested, both ends included."""
        return TimeRange(self.test_from, self.test_until - candle_ms)

    @property
    def test_begin(self) -> datetime:
        return to_date(self.test_from)

    @property
    def test_end(self) -> datetime:
        return to_date(self.test_until)


def windows(first_ms: int, until_ms: int, cut: Cut) -> Iterator[Window]:
    """Yield the windows between two moments (ms, UTC), the first ones first.

    The last one is shorter if the rest is at least half of a tested range; a smaller rest is left out. Raises
    ConfigurationError where not even one window fits.
    """
    _check(first_ms, until_ms, cut)
    number, test_from = 1, first_ms + cut.search + cut.gap
    while until_ms - test_from >= cut.test / 2:
        search_until = test_from - cut.gap
        yield Window(
            number=number,
            search_from=first_ms if cut.anchored else search_until - cut.search,
            search_until=search_until,
            test_from=test_from,
            test_until=min(test_from + cut.test, until_ms),
        )
        number += 1
        test_from += cut.test


def _check(first_ms: int, until_ms: int, cut: Cut) -> None:
    if min(cut.search, cut.test) <= 0 or cut.gap < 0:
        raise ConfigurationError("--search-days, --test-days: expected more than 0; --gap-days: at least 0")
    needed = cut.search + cut.gap + cut.test / 2
    if until_ms - first_ms < needed:
        day = 86_400_000
        raise ConfigurationError(
            f"--search-days, --test-days: a window takes at least {needed / day:g} days, and the candles are "
            f"{(until_ms - first_ms) / day:.4g} days: choose shorter ones, or download more candles"
        )
