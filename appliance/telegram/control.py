"""Start, stop, pause and reload the bot by Telegram, and set the market direction of its strategy."""

from appliance.queries import run_state
from appliance.telegram.answers import Answer, ChatRequest, text_answer


async def start(request: ChatRequest) -> Answer:
    return text_answer(f"Status: {run_state.start(request.bot).status}")


async def stop(request: ChatRequest) -> Answer:
    return text_answer(f"Status: {run_state.stop(request.bot).status}")


async def pause(request: ChatRequest) -> Answer:
    return text_answer(f"Status: {run_state.pause(request.bot).status}")


async def reload_config(request: ChatRequest) -> Answer:
    return text_answer(f"Status: {(await run_state.reload_config(request.bot)).status}")


async def market_direction(request: ChatRequest) -> Answer:
    """Show or set `market_direction` of the strategy. Raises Refused."""
    strategy = request.bot.strategy
    if not request.words:
        return text_answer(f"The market direction is {strategy.market_direction.value}.")
    before = run_state.set_market_direction(request.bot, request.words[0])
    return text_answer(
        f"The market direction was {before.value} and is {strategy.market_direction.value} now."
    )
