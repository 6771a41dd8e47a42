"""Read ccxt's answers into the types of this program."""

import contextlib
import logging
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from appliance.domain.enums import PrecisionMode
from appliance.domain.futures import FundingRate, LeverageTier, Tiers
from appliance.domain.market import BidAsk, Market, OrderBook, PublicTrade, Ticker
from appliance.exchange.ccxt.protocol import (
    BookAnswer,
    FundingRateAnswer,
    LimitsAnswer,
    MarketAnswer,
    Number,
    OpenInterestAnswer,
    Row,
    TickerAnswer,
    TierAnswer,
    TradeAnswer,
)
from appliance.exchange.ccxt.settings import MarketType

if TYPE_CHECKING:
    from appliance.domain.market import Candles

log = logging.getLogger(__name__)

_USUAL_FEE = 0.001
UNREADABLE = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)
"""What reading an answer of an unexpected shape raises: ccxt does not check it."""


def markets(
    listed: Mapping[str, MarketAnswer], precision_mode: int, market_type: MarketType
) -> dict[str, Market]:
    """Read the markets of a type among those that ccxt has loaded.

    One that cannot be read is left out: the others can be traded all the same.
    """
    found: dict[str, Market] = {}
    for pair, market in listed.items():
        if not market_type.includes(market):
            continue
        try:
            found[pair] = _market(market, PrecisionMode(precision_mode))
        except UNREADABLE as error:
            log.warning("Market %s is left out: it cannot be read (%s)", pair, type(error).__name__)
    return found


def tickers(answers: Mapping[str, TickerAnswer], best: Mapping[str, TickerAnswer]) -> dict[str, Ticker]:
    """Read the tickers of many pairs; one that cannot be read is left out."""
    found: dict[str, Ticker] = {}
    for pair, answer in answers.items():
        with contextlib.suppress(*UNREADABLE):
            found[pair] = ticker(answer, best.get(pair), pair)
    return found


def ticker(
    answer: TickerAnswer, best: TickerAnswer | None = None, pair: str = "", *, whole: bool = False
) -> Ticker:
    """Read a ticker, with `whole` all of it. `best` has bid and ask where the ticker has none."""
    best = best or {}
    return Ticker(
        pair=answer.get("symbol") or pair,
        bid=number(answer.get("bid")) or number(best.get("bid")),
        ask=number(answer.get("ask")) or number(best.get("ask")),
        last=number(answer.get("last")),
        percentage=number(answer.get("percentage")),
        base_volume=number(answer.get("baseVolume")),
        quote_volume=number(answer.get("quoteVolume")),
        timestamp=int(answer.get("timestamp") or 0),
        more=dict(answer) if whole else {},
    )


def bids_asks(answers: Mapping[str, TickerAnswer], pairs: Sequence[str]) -> dict[str, BidAsk]:
    """Read the best offers of `pairs`; those without both sides are left out."""
    found = {}
    for pair in pairs:
        answer = answers.get(pair) or {}
        with contextlib.suppress(*UNREADABLE):  # a bad price concerns its own pair alone
            bid, ask = number(answer.get("bid")), number(answer.get("ask"))
            if bid and ask and bid > 0 and ask > 0:
                found[pair] = BidAsk(bid, ask)
    return found


def order_book(
    answer: BookAnswer, pair: str, *, depth: int, now_ms: int, contract_size: float = 1.0
) -> OrderBook:
    """Read a book, cut off at `depth` offers on either side; amounts are in contracts of that size (base)."""
    bids, asks = (
        [(float(offer[0]), float(offer[1]) * contract_size) for offer in offers[:depth]]
        for offers in (answer["bids"], answer["asks"])
    )
    return OrderBook(
        pair=pair,
        bids=bids,
        asks=asks,
        timestamp=int(answer.get("timestamp") or now_ms),
    )


def candles(answer: Sequence[Row]) -> "Candles":
    """Read candles, oldest first, each opening time once; missing values become NaN.

    Raises ValueError for an answer that is not candles.
    """
    import numpy as np

    table = np.array([row[:6] for row in answer], dtype=np.float64).reshape(-1, 6)
    if np.isnan(table[:, 0]).any():
        raise ValueError("a candle without a time")
    _, first = np.unique(table[:, 0], return_index=True)
    return table[first]


def open_interest(answer: Sequence[OpenInterestAnswer]) -> "Candles":
    """Read open interest, oldest first: time, amount, worth; missing values become NaN."""
    import numpy as np

    rows = [(row["timestamp"], row.get("openInterestAmount"), row.get("openInterestValue")) for row in answer]
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    if np.isnan(table[:, 0]).any():
        raise ValueError("open interest without a time")
    _, first = np.unique(table[:, 0], return_index=True)
    return table[first]


def public_trades(answer: Sequence[TradeAnswer], contract_size: float = 1.0) -> list[PublicTrade]:
    """Read public trades, oldest first; amounts are in contracts of that size (base)."""
    read = [_public_trade(trade, contract_size) for trade in answer]
    return sorted(read, key=lambda trade: trade.timestamp)


def _public_trade(trade: TradeAnswer, contract_size: float) -> PublicTrade:
    at, price, amount = trade["timestamp"], float(trade["price"]), float(trade["amount"])
    if at is None:
        raise ValueError("a trade without a time")
    cost = number(trade.get("cost"))
    return PublicTrade(
        int(at),
        trade.get("id"),
        trade.get("type"),
        trade.get("side"),
        price,
        amount * contract_size,
        price * amount * contract_size if cost is None else cost,
    )


def _market(listed: MarketAnswer, mode: PrecisionMode) -> Market:
    precision, limits = listed.get("precision") or {}, listed.get("limits") or {}
    no_limits: LimitsAnswer = {}
    amount, price, cost = (limits.get(what) or no_limits for what in ("amount", "price", "cost"))
    return Market(
        pair=listed["symbol"],
        base=listed["base"],
        quote=listed["quote"],
        active=listed.get("active") is not False,
        spot=bool(listed.get("spot")),
        swap=bool(listed.get("swap")),
        amount_precision=number(precision.get("amount")),
        price_precision=number(precision.get("price")),
        precision_mode=mode,
        amount_min=number(amount.get("min")),
        amount_max=number(amount.get("max")),
        price_min=number(price.get("min")),
        price_max=number(price.get("max")),
        cost_min=number(cost.get("min")),
        cost_max=number(cost.get("max")),
        contract_size=number(listed.get("contractSize")),
        maker=_fee(listed.get("maker")),
        taker=_fee(listed.get("taker")),
    )


def leverage_tiers(answer: Sequence[TierAnswer]) -> Tiers:
    """Read the tiers of one pair, the smallest first. Raises ValueError where there are none."""
    found = [_tier(tier) for tier in answer]
    if not found:
        raise ValueError("no tiers of leverage")
    return tuple(sorted(found, key=lambda tier: tier.least))


def _tier(answer: TierAnswer) -> LeverageTier:
    info = answer.get("info")
    return LeverageTier(
        least=float(answer.get("minNotional") or 0.0),
        most=number(answer.get("maxNotional")),
        largest_leverage=float(answer["maxLeverage"]),
        maintenance_ratio=float(answer["maintenanceMarginRate"]),
        maintenance_amount=number(info.get("cum")) if isinstance(info, Mapping) else None,
    )


def funding_rates(answer: Sequence[FundingRateAnswer]) -> list[FundingRate]:
    """Read funding rates, oldest first."""
    rates = [FundingRate(int(row["timestamp"]), float(row["fundingRate"])) for row in answer]
    return sorted(rates, key=lambda funding: funding.timestamp)


def number(value: Number) -> float | None:
    """Read a number; None for a missing one, NaN and infinity."""
    if value is None:
        return None
    read = float(value)
    return read if math.isfinite(read) else None


def _fee(value: Number) -> float:
    ratio = number(value)
    return _USUAL_FEE if ratio is None else ratio
