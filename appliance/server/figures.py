"""Keep the figures of closed trades until another trade closes."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from appliance.domain.ledger import ClosedTrade
from appliance.reports.closed_figures import ClosedFigures, closed_figures

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class KeptFigures:
    """Work the figures out when they are asked for and have changed, off the event loop."""

    def __init__(self) -> None:
        self._trades: Sequence[ClosedTrade] = ()
        self._count = -1
        self._figures: ClosedFigures | None = None

    async def of(self, bot: "Bot") -> ClosedFigures:
        """Return the figures of the bot's closed trades."""
        trades, start = bot.book.closed, bot.wallets.get_starting_balance()
        kept = self._figures
        # The book appends to its list, and makes another one when it drops a trade.
        if kept and trades is self._trades and len(trades) == self._count and kept.starting_balance == start:
            return kept
        count, copy = len(trades), list(trades)
        figures = await asyncio.to_thread(closed_figures, copy, start)
        self._trades, self._count, self._figures = trades, count, figures
        return figures
