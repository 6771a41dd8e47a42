"""Start, stop and pause the bot by Telegram, reload it, tell the strategy where the market goes."""

from appliance.domain.enums import MarketDirection
from appliance.domain.errors import Refused
from appliance.telegram.answers import Answer, Asked, said


async def start(asked: Asked) -> Answer:
    return said(f"Status: {asked.bot.start()}")


async def stop(asked: Asked) -> Answer:
    return said(f"Status: {asked.bot.stop()}")


async def pause(asked: Asked) -> Answer:
    return said(f"Status: {asked.bot.pause()}")


async def reload_config(asked: Asked) -> Answer:
    return said(f"Status: {await asked.bot.reload()}")


async def market_direction(asked: Asked) -> Answer:
    """Show or set `market_direction` of the strategy. Raises Refused."""
    strategy = asked.bot.strategy
    before = strategy.market_direction.value
    if not asked.words:
        return said(f"The market direction is {before}.")
    try:
        strategy.market_direction = MarketDirection(asked.words[0].lower())
    except ValueError:
        known = ", ".join(direction.value for direction in MarketDirection)
        raise Refused(f'Expected one of {known}, found "{asked.words[0]:.40}".') from None
    return said(f"The market direction was {before} and is {strategy.market_direction.value} now.")
