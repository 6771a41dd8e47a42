"""Keep what follows from closed trades: each that closes is added to it, and nothing is worked out twice."""

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
"""So many are summed up in less time than a thread takes to begin; so many more are added one by one."""
FEW_GROUPS = 200
"""So many are told in less than a millisecond."""
MOST_GROUPS = 10_000
"""What is kept at most over all reports, about 5 MB; those that nobody asked for longest go first."""


class SoFar(Protocol):
    """Sums of closed trades; `size` counts the groups that they are told by."""

    @property
    def size(self) -> int: ...

    def add(self, trade: ClosedTrade) -> None: ...


S = TypeVar("S", bound=SoFar)
A = TypeVar("A")


class _Kept:
    """Hold sums of the first `count` closed trades, and what was told of them."""

    def __init__(self, closed: "ClosedTrades", so_far: Any, shape: int, count: int) -> None:
        self.closed = closed
        self.so_far = so_far
        self.shape = shape
        self.count = count
        self.told: dict[Hashable, Any] = {}

    def stands(self, closed: "ClosedTrades") -> bool:
        return self.goes_on(closed) and self.count == len(closed)

    def goes_on(self, closed: "ClosedTrades") -> bool:
        return self.closed is closed and self.shape == closed.shape


class StatisticsCache:
    """Work reports out when they are asked for; large ones off the event loop, and each once.

    Who asks for one report never waits for another.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept] = {}
        self._turns = SingleFlight()

    async def of(self, bot: "Bot", direction: TradeDirection | None = None) -> ClosedStatistics:
        """Return the figures of the bot's closed trades, of one direction or of all."""
        start = bot.wallets.get_starting_balance()

        def sum_up(trades: "Columns") -> RunningStatistics:
            return RunningStatistics.of(trades, direction)

        def tell(so_far: RunningStatistics) -> ClosedStatistics:
            return so_far.statistics(start)

        return await self.told(bot, ("figures", direction), sum_up, tell, start)

    async def told(
        self,
        bot: "Bot",
        name: Hashable,
        sum_up: "Callable[[Columns], S]",
        tell: Callable[[S], A],
        about: Hashable = None,
    ) -> A:
        """Return what `tell` makes of the sums of `name`; it is kept under `about` until a trade closes."""
        kept = self._kept.get(name)
        if kept is not None and kept.stands(bot.book.closed) and about in kept.told:
            return kept.told[about]  # type: ignore[no-any-return]
        async with self._up_to_date(bot, name, sum_up) as kept:
            if about in kept.told:
                return kept.told[about]  # type: ignore[no-any-return]
            so_far: S = kept.so_far
            told = tell(so_far) if so_far.size <= FEW_GROUPS else await for_readers(tell, so_far)
            kept.told = {about: told}
            return told

    @asynccontextmanager
    async def summed_up(
        self, bot: "Bot", name: Hashable, sum_up: "Callable[[Columns], S]"
    ) -> AsyncIterator[S]:
        """Yield the sums of `name`, to which nothing is added within."""
        async with self._up_to_date(bot, name, sum_up) as kept:
            yield kept.so_far

    @asynccontextmanager
    async def _up_to_date(
        self, bot: "Bot", name: Hashable, sum_up: "Callable[[Columns], SoFar]"
    ) -> AsyncIterator[_Kept]:
        async with self._turns.at(name):
            closed, kept = bot.book.closed, self._kept.pop(name, None)
            if kept is None or not kept.goes_on(closed) or len(closed) - kept.count > FEW_TRADES:
                columns, shape = closed.columns(), closed.shape
                few = columns.size <= FEW_TRADES
                so_far = sum_up(columns) if few else await for_readers(sum_up, columns)
                kept = _Kept(closed, so_far, shape, columns.size)
            _catch_up(kept)
            self._kept[name] = kept
            self._forget_some()
            yield kept

    def _forget_some(self) -> None:
        groups = sum(kept.so_far.size + 1 for kept in self._kept.values())
        for name in list(self._kept):
            if groups <= MOST_GROUPS:
                return
            groups -= self._kept.pop(name).so_far.size + 1


def _catch_up(kept: _Kept) -> None:
    """Add the trades that have closed since; where others have changed, what was summed up is of then."""
    closed = kept.closed
    if kept.goes_on(closed) and kept.count < len(closed):
        for trade in closed[kept.count :]:
            kept.so_far.add(trade)
        kept.count, kept.told = len(closed), {}
