"""State what configuration and strategy need from an exchange, and check that it has all of it."""

import difflib
from typing import TYPE_CHECKING

from appliance.domain.errors import ConfigurationError
from appliance.exchange.capabilities import Needs
from appliance.exchange.gateway import Gateway
from appliance.strategy.loading.resolve import ResolvedStrategy

if TYPE_CHECKING:
    from appliance.bot.reload import LoadedStrategy

_KINDS = ("entry", "exit", "stoploss", "emergency_exit", "force_entry", "force_exit")


def needs_of(resolved: ResolvedStrategy) -> Needs:
    types = resolved.order_types
    kinds = {str(kind) for name, kind in types.items() if name in _KINDS and kind}
    return Needs(
        timeframe=resolved.timeframe,
        order_types=tuple(sorted(kinds)),
        times_in_force=tuple(resolved.order_time_in_force.values()),
        stop_type=str(types["stoploss"]) if types.get("stoploss_on_exchange") else None,
    )


def check_against_exchange(found: "LoadedStrategy", gateway: Gateway) -> None:
    """Raise `ConfigurationError` if the exchange lacks what configuration and strategy need."""
    settings, markets = found.loaded.settings, gateway.markets
    problems = []
    quotes = sorted({market.quote for market in markets.values()})
    if settings.stake_currency not in quotes:
        near = difflib.get_close_matches(settings.stake_currency, quotes, n=1)
        hint = f"; did you mean {near[0]}?" if near else f", which has {', '.join(quotes[:12])}"
        problems.append(
            f'stake_currency: nothing is traded for "{settings.stake_currency}" on {gateway.name}{hint}'
        )
    if found.resolved.timeframe not in gateway.timeframes:
        offered = ", ".join(gateway.timeframes)
        problems.append(
            f'timeframe: {gateway.name} has no candles of "{found.resolved.timeframe}"; it has {offered}'
        )
    if problems:
        raise ConfigurationError(*problems)
