"""Say what a strategy's orders ask of an exchange."""

from appliance.exchange.ccxt_capabilities import Needs
from appliance.strategy.resolve import ResolvedStrategy

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
