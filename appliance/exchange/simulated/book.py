"""Put offers around the last price."""

import numpy as np

from appliance.domain.market import OrderBook
from appliance.exchange.simulated.pairs import SimulatedPair
from appliance.exchange.simulated.path import Floats, key, noise

_SPREAD = 0.0002
"""Usual distance of best bid and best ask, as a ratio of the price."""
_REST_MS = 1_000
"""How long offers stand before they change."""
_DEEPEST = 65_536
_BEST_SHARE = 1 / 20_000
"""What stands at the best price, as a share of the day's volume."""


def order_book(pair: SimulatedPair, seed: int, last: float, depth: int, now_ms: int) -> OrderBook:
    """Return `depth` offers on either side. Best bid < best ask, and `last` lies between them or on one."""
    moment = now_ms // _REST_MS
    random = {side: _random(pair, seed, side, moment * _DEEPEST, depth) for side in ("bid", "ask")}
    tick = 10.0**pair.price_decimals
    spread = max(1.0, round(last * tick * _SPREAD))
    below = np.floor(spread / 2 * (1 + random["bid"][0, 0]) / 2 + 0.5)
    best_bid = max(1.0, round(last * tick) - below)
    best_ask = best_bid + spread
    lots = pair.day_volume * _BEST_SHARE / last * 10.0**pair.amount_decimals
    return OrderBook(
        pair=pair.market.pair,
        bids=_offers(best_bid, -spread, random["bid"], lots, pair),
        asks=_offers(best_ask, spread, random["ask"], lots, pair),
        timestamp=now_ms,
    )


def _random(pair: SimulatedPair, seed: int, side: str, first: int, count: int) -> Floats:
    """Draw two rows of numbers for one side of the book: gaps and sizes."""
    keys = [key(seed, side, what, pair.path) for what in ("gap", "size")]
    return noise(np.array(keys), first, count)


def _offers(
    best: float, spread: float, random: Floats, lots: float, pair: SimulatedPair
) -> list[tuple[float, float]]:
    """Lay offers away from the best price: gaps of about half a spread, sizes growing with the distance."""
    gaps = np.maximum(1.0, np.rint(abs(spread) * (0.5 + 0.45 * random[0])))
    gaps[0] = 0.0
    prices = best + np.sign(spread) * np.cumsum(gaps)
    growth = 1.0 + 0.35 * np.arange(len(gaps))
    sizes = np.maximum(1.0, np.rint(lots * growth * np.exp(random[1])))
    positive = prices >= 1.0
    levels = zip(
        (prices[positive] / 10.0**pair.price_decimals).tolist(),
        (sizes[positive] / 10.0**pair.amount_decimals).tolist(),
        strict=True,
    )
    return list(levels)
