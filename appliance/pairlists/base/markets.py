"""Decide which markets can be traded: pure functions over the markets of the exchange."""

from collections.abc import Iterable, Mapping

from appliance.domain.enums import PrecisionMode, TradingMode
from appliance.domain.market import Market

UNKNOWN = "the exchange does not have it"
_FINEST_TICK = 1e-11
"""Prices in finer steps lose digits as floats."""

SIZE_PREFIXES = ("1000", "1000000", "1M", "K")
"""How exchanges name a market that counts a cheap coin in thousands or millions."""


def reason_not_tradable(
    market: Market, stake_currency: str, mode: TradingMode = TradingMode.SPOT
) -> str | None:
    """Return why a market can never be traded, active or not; None if it can."""
    fits = market.swap if mode is TradingMode.FUTURES else market.spot
    tick = market.price_precision if market.precision_mode is PrecisionMode.TICK_SIZE else None
    if not fits:
        return f"it is not a {mode.value} market"
    if tick is not None and tick <= _FINEST_TICK:
        return f"its price step of {tick:g} is too small"
    if market.quote != stake_currency:
        return f"its quote currency is not {stake_currency}"
    return None


def likely_meant(pairs: Iterable[str], markets: Mapping[str, Market]) -> dict[str, str]:
    """Return the market that each unknown pair probably means: letters swapped, or spot for futures.

    Most have none: they were delisted, and a pair that only looks similar is another coin.
    """
    by_letters = {_letters(pair): pair for pair in markets}
    found = {}
    for pair in pairs:
        base, _, quote = pair.partition("/")
        other = base + "/" + (quote.partition(":")[0] if ":" in quote else f"{quote}:{quote}")
        meant = by_letters.get(_letters(pair)) or (other if other in markets else None)
        if meant is not None:
            found[pair] = meant
    return found


def _letters(pair: str) -> tuple[str, ...]:
    return tuple(sorted(letter for letter in pair.upper() if letter.isalnum()))


def tradable(
    markets: Mapping[str, Market], stake_currency: str, mode: TradingMode = TradingMode.SPOT
) -> list[str]:
    """Return every pair that is tradable now, in the order of the exchange."""
    return [
        pair
        for pair, market in markets.items()
        if market.active and reason_not_tradable(market, stake_currency, mode) is None
    ]


def reason_left_out(
    market: Market | None, stake_currency: str, mode: TradingMode, *, allow_inactive: bool = False
) -> str | None:
    """Return why a pair with this market (None: no such market) cannot be traded now; None if it can."""
    if market is None:
        return UNKNOWN
    reason = reason_not_tradable(market, stake_currency, mode)
    if reason is None and not market.active and not allow_inactive:
        return "the exchange does not trade it now"
    return reason
