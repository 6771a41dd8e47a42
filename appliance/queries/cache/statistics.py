"""Cache statistics of closed trades: each trade that closes is added, and nothing is computed twice."""

from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.enums import TradeDirection
from appliance.queries.cache.single_flight import SingleFlight
from appliance.reports.closed_statistics import ClosedStatistics, RunningStatistics
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.domain.closed_trades.columns import Columns
    from appliance.domain.closed_trades.table import ClosedTrades

FEW_TRADES = 1000
"""So many are summed up faster than a thread starts; up to so many new ones are added one by one."""
FEW_GROUPS = 200
"""So many are reported in less than a millisecond."""
MOST_GROUPS = 10_000
"""Groups cached over all reports, about 5 MB; the least recently used go first."""


class SoFar(Protocol):
    """Hold sums of closed trades; `size` counts their groups."""

    @property
    def size(self) -> int: ...

    def add(self, trade: ClosedTrade) -> None: ...


S = TypeVar("S", bound=SoFar)
A = TypeVar("A")


class _CachedSums:
    """Hold sums of the first `count` closed trades, and the reports derived from them."""

    def __init__(self, closed: "ClosedTrades", so_far: Any, shape: int, count: int) -> None:
        self.closed = closed
        self.so_far = so_far
        self.shape = shape
        self.count = count
        self.reports: dict[Hashable, Any] = {}

    def is_current(self, closed: "ClosedTrades") -> bool:
        return self.can_grow(closed) and self.count == len(closed)

    def can_grow(self, closed: "ClosedTrades") -> bool:
        return self.closed is closed and self.shape == closed.shape


class StatisticsCache:
    """Compute reports when they are requested; large ones in a thread, and each once.

    A request for one report never waits for another report.
    """

    def __init__(self) -> None:
        self._cached: dict[Hashable, _CachedSums] = {}
        self._turns = SingleFlight()

    async def of(self, bot: "Bot", direction: TradeDirection | None = None) -> ClosedStatistics:
        """Return the figures of the bot's closed trades, of one direction or of all."""
        start = bot.wallets.get_starting_balance()

        def sum_up(trades: "Columns") -> RunningStatistics:
            return RunningStatistics.of(trades, direction)

        def report(so_far: RunningStatistics) -> ClosedStatistics:
            return so_far.statistics(start)

        return await self.derive(bot, ("figures", direction), sum_up, report, start)

    async def derive(
        self,
        bot: "Bot",
        name: Hashable,
        sum_up: "Callable[[Columns], S]",
        report: Callable[[S], A],
        about: Hashable = None,
    ) -> A:
        """Return what `report` derives from the sums of `name`; cached under `about` until a trade closes."""
        cached = self._cached.get(name)
        if cached is not None and cached.is_current(bot.book.closed) and about in cached.reports:
            return cached.reports[about]  # type: ignore[no-any-return]
        async with self._up_to_date(bot, name, sum_up) as cached:
            if about in cached.reports:
                return cached.reports[about]  # type: ignore[no-any-return]
            so_far: S = cached.so_far
            derived = report(so_far) if so_far.size <= FEW_GROUPS else await for_readers(report, so_far)
            cached.reports = {about: derived}
            return derived

    @asynccontextmanager
    async def summed_up(
        self, bot: "Bot", name: Hashable, sum_up: "Callable[[Columns], S]"
    ) -> AsyncIterator[S]:
        """Yield the sums of `name`, which do not change within."""
        async with self._up_to_date(bot, name, sum_up) as cached:
            yield cached.so_far

    @asynccontextmanager
    async def _up_to_date(
        self, bot: "Bot", name: Hashable, sum_up: "Callable[[Columns], SoFar]"
    ) -> AsyncIterator[_CachedSums]:
        async with self._turns.at(name):
            closed, cached = bot.book.closed, self._cached.pop(name, None)
            if cached is None or not cached.can_grow(closed) or len(closed) - cached.count > FEW_TRADES:
                columns, shape = closed.columns(), closed.shape
                few = columns.size <= FEW_TRADES
                so_far = sum_up(columns) if few else await for_readers(sum_up, columns)
                cached = _CachedSums(closed, so_far, shape, columns.size)
            _catch_up(cached)
            self._cached[name] = cached
            self._evict()
            yield cached

    def _evict(self) -> None:
        groups = sum(cached.so_far.size + 1 for cached in self._cached.values())
        for name in list(self._cached):
            if groups <= MOST_GROUPS:
                return
            groups -= self._cached.pop(name).so_far.size + 1


def _catch_up(cached: _CachedSums) -> None:
    """Add the trades that have closed since; if others have changed, leave the sums as they are."""
    closed = cached.closed
    if cached.can_grow(closed) and cached.count < len(closed):
        for trade in closed[cached.count :]:
            cached.so_far.add(trade)
        cached.count, cached.reports = len(closed), {}
