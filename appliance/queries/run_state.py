"""Start, stop, pause and reload the bot, and set the market direction of its strategy."""

from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.domain.enums import MarketDirection
from appliance.domain.errors import Refused

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class StatusMsg(Struct, frozen=True):
    status: str


def start(bot: "Bot") -> StatusMsg:
    """Start trading."""
    return StatusMsg(bot.start())


def stop(bot: "Bot") -> StatusMsg:
    """Stop trading; open trades stay as they are."""
    return StatusMsg(bot.stop())


def pause(bot: "Bot") -> StatusMsg:
    """Stop entering trades; open ones are still exited by their rules."""
    return StatusMsg(bot.pause())


async def reload_config(bot: "Bot") -> StatusMsg:
    """Reload configuration and strategy; the answer names what is wrong with them."""
    return StatusMsg(await bot.reload())


def set_market_direction(bot: "Bot", direction: str) -> MarketDirection:
    """Set `market_direction` of the strategy, and return what it was before. Raises Refused."""
    before: MarketDirection = bot.strategy.market_direction
    try:
        bot.strategy.market_direction = MarketDirection(direction.lower())
    except ValueError:
        known = ", ".join(each.value for each in MarketDirection)
        raise Refused(f'Expected one of {known}, found "{direction:.40}".') from None
    return before
