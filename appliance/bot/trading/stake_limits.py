"""Ask how much may be put into a pair: the exchange's limits, in stake currency and before leverage."""

from appliance.bot.state.context import Trading
from appliance.rules.leverage import largest_worth
from appliance.rules.stake import PositionLimit, stake_limits


async def limits_of(
    trading: Trading, pair: str, rate: float, *, stoploss: float, leverage: float
) -> tuple[float | None, float]:
    """Return the least (None: there is none) and the largest stake of an entry of `pair` at `rate`.

    `stoploss` is the ratio for whose loss the least leaves room. Raises `ExchangeError`.
    """
    futures = trading.gateway_futures
    worth = largest_worth(await futures.leverage_tiers(pair), leverage) if futures else None
    reserve = trading.settings.amount_reserve_percent
    return stake_limits(trading.market(pair), rate, stoploss, reserve, PositionLimit(leverage, worth))
