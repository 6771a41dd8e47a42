"""Say that a replayed market has ended: from then on there are no entries, or the program ends."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

TOPIC = "the end of the replayed market"


async def watch_market(bot: "Bot", ended: asyncio.Event) -> None:
    """Wait for the end of the market, if it has one; then bar entries, or set `ended`, as configured."""
    if bot.steps is None:
        return
    await bot.steps.ended.wait()
    bot.put_notice(
        TOPIC,
        f"No entries: the replayed market has ended at {bot.now():%Y-%m-%d %H:%M} UTC",
        bars_entries=True,
    )
    if bot.settings.exchange.replayed.at_end == "exit":
        ended.set()
