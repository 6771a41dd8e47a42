"""Query the running strategy."""

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from appliance.domain.errors import ApplianceError, NotFound, NotShown, Refused
from appliance.queries.bot_slot import BotSlot
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.queries.research.backtest import StrategyName
from appliance.reports.views.json_values import plain
from appliance.reports.views.strategy import StrategyResponse, parameters_shown
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class PlotConfigQuery(Struct, frozen=True):
    strategy: Annotated[
        StrategyName | None, Meta(description="A bot without webserver mode has the running one only.")
    ] = None


class StrategyPath(Struct, frozen=True):
    strategy: str


async def plot_config(slot: BotSlot, query: PlotConfigQuery) -> dict[str, Any] | EncodedAnswer:
    """Show the strategy's plot configuration; empty if it has none. Raises Refused, NotShown."""
    bench = slot.workbench
    if bench is not None and query.strategy and not _runs(slot, query.strategy):
        try:
            return EncodedAnswer(await bench.ask("strategies:plot_config", strategy=query.strategy))
        except ApplianceError as error:
            raise NotShown(str(error)) from error
    if slot.is_webserver:
        raise Refused("name a strategy: in webserver mode none is running")
    bot = slot.require_bot()
    if query.strategy and query.strategy != bot.strategy_name:
        raise Refused(f"only {bot.strategy_name} runs here; a bot in webserver mode shows others")
    config: dict[str, Any] = plain(bot.strategy.plot_config or {})
    return config and {"subplots": {}} | config


async def strategy(slot: BotSlot, path: StrategyPath) -> StrategyResponse | EncodedAnswer:
    """Show code and parameters of a strategy; of the running one only where there is a bot alone.

    Raises NotFound.
    """
    bench = slot.workbench
    if bench is not None and not _runs(slot, path.strategy):
        return EncodedAnswer(await bench.ask("strategies:shown", strategy=path.strategy))
    bot = slot.require_bot()
    if path.strategy != bot.strategy_name:
        raise NotFound(f"Only {bot.strategy_name} runs here; a bot in webserver mode shows others")
    return await for_readers(_shown, bot)


def _runs(slot: BotSlot, name: str) -> bool:
    """Return whether a strategy is the one that a bot is running here."""
    return slot.bot is not None and slot.bot.strategy_name == name


def _shown(bot: "Bot") -> StrategyResponse:
    running = bot.strategy
    return StrategyResponse(
        strategy=bot.strategy_name,
        timeframe=bot.resolved.timeframe,
        code=running.__source__,
        params=parameters_shown(parameter for _, parameter in running.enumerate_parameters()),
    )
