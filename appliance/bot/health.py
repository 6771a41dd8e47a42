"""State the health of the bot: the facts that watchdog, health checks and metrics all use."""

from typing import TYPE_CHECKING

import msgspec

from appliance.domain.enums import State

if TYPE_CHECKING:
    from appliance.bot.view import Facts

STALL_SECONDS = 300.0
"""A loop that has not finished a cycle for this long has stalled; slow strategies take a minute."""
SILENCE_SECONDS = 120.0
"""An exchange that has not answered for this long is unreachable: every cycle sends it requests."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the facts at one moment. Ages in seconds, by a monotonic clock."""

    state: State
    loop_age: float
    exchange_age: float
    journal_lag: float
    unknown_orders: int
    open_trades: int
    database_lost: str = ""
    """What happened to the database's files while the bot was running."""
    set_aside: list[str] = []
    """Records that are in no database because they can never be written as they are; a line each."""
    bars: list[str] = []
    """Why there are no entries; a line each."""

    @property
    def is_alive(self) -> bool:
        """Whether the loop still finishes cycles: if not, only a restart helps."""
        return self.loop_age < STALL_SECONDS

    def troubles(self) -> list[str]:
        """Say what keeps the bot from trading as intended; empty if nothing does."""
        found = []
        if not self.is_alive:
            found.append(f"no cycle was finished for {self.loop_age:.0f} seconds")
        if self.exchange_age >= SILENCE_SECONDS:
            found.append(f"the exchange has not answered for {self.exchange_age:.0f} seconds")
        if self.journal_lag > 0:
            found.append(f"the database could not be written for {self.journal_lag:.0f} seconds")
        if self.database_lost:
            found.append(self.database_lost)
        return found + self.set_aside + self.bars


def health_of(bot: "Facts") -> Health:
    """Read the facts from the bot, all from memory."""
    return Health(
        state=bot.state,
        loop_age=bot.loop_age,
        exchange_age=bot.gateway.silent_for,
        journal_lag=bot.journal_lag,
        unknown_orders=len(bot.unknown_orders),
        open_trades=len(bot.book.open),
        database_lost=bot.database_lost,
        set_aside=bot.set_aside,
        bars=bot.bars,
    )
