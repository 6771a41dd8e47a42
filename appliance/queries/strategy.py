"""Query the running strategy."""

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from appliance.domain.errors import NotFound, Refused
from appliance.reports.views.json_values import plain
from appliance.reports.views.strategy import StrategyResponse, parameters_shown
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class PlotConfigQuery(Struct, frozen=True):
    strategy: Annotated[str | None, Meta(description="A trading bot has the running one only.")] = None


class StrategyPath(Struct, frozen=True):
    strategy: str


def plot_config(bot: "Bot", query: PlotConfigQuery) -> dict[str, Any]:
    """Show the strategy's plot configuration; empty if it has none. Raises Refused."""
    if query.strategy and query.strategy != bot.strategy_name:
        raise Refused(f"only {bot.strategy_name} runs here; a bot in webserver mode shows others")
    config: dict[str, Any] = plain(bot.strategy.plot_config or {})
    return config and {"subplots": {}} | config


async def strategy(bot: "Bot", path: StrategyPath) -> StrategyResponse:
    """Show code and parameters of the running strategy. Raises NotFound for others."""
    if path.strategy != bot.strategy_name:
        raise NotFound(f"Only {bot.strategy_name} runs here; a bot in webserver mode shows others")
    return await for_readers(_shown, bot)


def _shown(bot: "Bot") -> StrategyResponse:
    running = bot.strategy
    return StrategyResponse(
        strategy=bot.strategy_name,
        timeframe=bot.resolved.timeframe,
        code=running.__source__,
        params=parameters_shown(parameter for _, parameter in running.enumerate_parameters()),
    )
