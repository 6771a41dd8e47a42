"""Tell which markets can be traded: pure functions over what the exchange lists."""

from collections.abc import Iterable, Mapping

from appliance.domain.enums import PrecisionMode, TradingMode
from appliance.domain.market import Market
from appliance.pairlists.base.ttl_cache import Told

UNKNOWN = "the exchange does not have it"
_FINEST_TICK = 1e-11
"""Prices in finer steps lose digits as floats."""

SIZE_PREFIXES = ("1000", "1000000", "1M", "K")
"""How exchanges name a market that counts a cheap coin in thousands or millions."""


def reason_against(market: Market, stake_currency: str, mode: TradingMode = TradingMode.SPOT) -> str | None:
    """Say why a market can never be traded, whether it is open now or not; None where it can."""
    fits = market.swap if mode is TradingMode.FUTURES else market.spot
    tick = market.price_precision if market.precision_mode is PrecisionMode.TICK_SIZE else None
    if not fits:
        return f"it is not a {mode.value} market"
    if tick is not None and tick <= _FINEST_TICK:
        return f"its prices are too fine, in steps of {tick:g}"
    if market.quote != stake_currency:
        return f"it is not paid for in {stake_currency}"
    return None


def likely_meant(pairs: Iterable[str], markets: Mapping[str, Market]) -> dict[str, str]:
    """Return which market each of these unknown pairs is likely to mean: letters swapped, or the other kind.

    Of most there is none: they have been delisted, and one that merely looks like them is another coin.
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
    """Return every pair that can be traded now, in the exchange's order."""
    return [
        pair
        for pair, market in markets.items()
        if market.active and reason_against(market, stake_currency, mode) is None
    ]


def only_tradable(
    pairs: Iterable[str],
    markets: Mapping[str, Market],
    stake_currency: str,
    told: Told,
    *,
    mode: TradingMode = TradingMode.SPOT,
    allow_inactive: bool = False,
    left_out: dict[str, str] | None = None,
) -> list[str]:
    """Return the pairs that can be traded, each once; say why the others are `left_out`, and log it."""
    kept: dict[str, None] = {}
    for pair in pairs:
        market = markets.get(pair)
        reason: str | None = UNKNOWN
        if market is not None:
            reason = reason_against(market, stake_currency, mode)
            if reason is None and not market.active and not allow_inactive:
                reason = "the exchange does not trade it now"
        if reason is None:
            kept[pair] = None
        else:
            told.warning(f"Leaving {pair} out of the whitelist: {reason}")
            if left_out is not None:
                left_out[pair] = reason
    return list(kept)
