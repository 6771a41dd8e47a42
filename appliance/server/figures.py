"""Keep what follows from closed trades until another trade closes."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from appliance.domain.ledger import ClosedTrade
from appliance.reports.closed_figures import ClosedFigures, Direction, closed_figures, of_direction
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

T = TypeVar("T")


class KeptFigures:
    """Work reports out when they are asked for and have changed, off the event loop, each once."""

    def __init__(self) -> None:
        self._trades: Sequence[ClosedTrade] = ()
        self._count = -1
        self._kept: dict[Any, Any] = {}
        self._working = asyncio.Lock()

    async def of(self, bot: "Bot", direction: Direction | None = None) -> ClosedFigures:
        """Return the figures of the bot's closed trades, of one direction or of all."""
        start = bot.wallets.get_starting_balance()

        def work(trades: Sequence[ClosedTrade]) -> ClosedFigures:
            return closed_figures(of_direction(trades, direction) if direction else trades, start)

        return await self.told(bot, ("figures", direction, start), work)

    async def told(self, bot: "Bot", name: Any, work: Callable[[Sequence[ClosedTrade]], T]) -> T:
        """Return what `work` makes of the bot's closed trades; it is kept under `name`, one of a few."""
        if self._is_kept(bot, name):
            return self._kept[name]  # type: ignore[no-any-return]
        async with self._working:
            if self._is_kept(bot, name):
                return self._kept[name]  # type: ignore[no-any-return]
            trades = bot.book.closed
            if trades is not self._trades or len(trades) != self._count:
                self._trades, self._count, self._kept = trades, len(trades), {}
            kept = self._kept
            made = await for_readers(work, list(trades))
            kept[name] = made
            return made

    def _is_kept(self, bot: "Bot", name: Any) -> bool:
        # The book appends to its list, and makes another one when it drops a trade.
        trades = bot.book.closed
        return trades is self._trades and len(trades) == self._count and name in self._kept
