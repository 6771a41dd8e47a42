"""Make a database as a year of trading leaves it. Both bots open it: its format is freqtrade's."""

import json
import random
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from appliance.domain.enums import ExitType
from appliance.domain.market import Fee
from appliance.domain.order import Order
from appliance.domain.recalculate import book_order
from appliance.domain.trade import Trade
from appliance.storage.database.database import Database
from appliance.storage.store import Store
from appliance.storage.tables import trades

FEE = 0.001
STAKE = 100.0
STOP = -0.9
"""That of the benchmarks' strategy: nothing open comes near it."""
TAGS = ("crossed_band", "oversold", "breakout", "pullback", "volume_spike")
WON = (ExitType.ROI, ExitType.EXIT_SIGNAL, ExitType.TRAILING_STOP_LOSS)
LOST = (ExitType.STOP_LOSS, ExitType.EXIT_SIGNAL, ExitType.FORCE_EXIT)


async def make(file: Path, url: str, pairs: Sequence[str], *, closed: int, still_open: int) -> None:
    """Write `closed` trades over a year, and one open trade in each of the first `still_open` pairs.

    Rates are those that the exchange at `url` asks now, for trades of the past within a factor of two.
    """
    markets = listed(url, pairs)
    now = datetime.now(UTC)
    database = await Database.open(f"sqlite:///{file}")
    store = Store(database)
    try:
        async with database.transaction() as connection:
            for trade in past(markets, now, closed, still_open):
                await trades.put(connection, trade, ())
        await store.first_start(now - timedelta(days=365))
        await store.history_began(now)
    finally:
        await store.close()


def past(markets: Sequence[dict[str, Any]], now: datetime, closed: int, still_open: int) -> Iterator[Trade]:
    """Yield closed trades, first opened first, then open ones; the same in every run but for rates."""
    chance = random.Random(7)
    minutes = sorted(chance.uniform(0, 364 * 1440) for _ in range(closed))
    started = now - timedelta(days=365)
    for number, minute in enumerate(minutes):
        market = chance.choice(markets)
        at = started + timedelta(minutes=minute)
        rate = market["rate"] * chance.uniform(0.5, 2)
        trade = entered(market, rate, at, chance.choice(TAGS), f"{number}-0")
        if number % 10 == 0:
            fill(trade, "buy", rate * 0.98, trade.amount, at + timedelta(minutes=5), f"{number}-1", "more")
        made = chance.gauss(0.004, 0.025)
        reason = chance.choice(WON if made > 0 else LOST)
        trade.exit_reason = reason.value
        ended = at + timedelta(minutes=10 + min(chance.expovariate(1 / 180), 1400))
        fill(trade, "sell", trade.open_rate * (1 + made), trade.amount, ended, f"{number}-2", reason.value)
        yield trade
    for number, market in enumerate(markets[:still_open]):
        at = now - timedelta(hours=still_open - number)
        yield entered(market, market["rate"], at, chance.choice(TAGS), f"open-{number}")


def entered(market: dict[str, Any], rate: float, at: datetime, tag: str, name: str) -> Trade:
    """Return a trade whose entry has filled at `rate`."""
    lots = max(round(STAKE / rate / market["step"]), 1)
    trade = Trade(
        exchange="binance",
        pair=market["pair"],
        base_currency=market["pair"].partition("/")[0],
        stake_currency="USDT",
        fee_open=FEE,
        fee_close=FEE,
        open_rate=rate,
        open_rate_requested=rate,
        stake_amount=STAKE,
        amount=0.0,
        amount_requested=STAKE / rate,
        open_date=at,
        strategy="Benchmarked",
        enter_tag=tag,
        timeframe=5,
        amount_precision=market["step"],
        price_precision=market["tick"],
        funding_fees=0.0,
    )
    trade.orders = []
    trade.adjust_stop_loss(rate, STOP, initial=True)
    fill(trade, "buy", rate, round(lots * market["step"], 8), at, name, tag)
    trade.adjust_min_max_rates(trade.open_rate, trade.open_rate)
    return trade


def fill(trade: Trade, side: str, rate: float, amount: float, at: datetime, name: str, tag: str) -> None:
    """Add an order that filled whole, and have the trade take it into account."""
    rate = trade.price_rounded(rate)
    order = Order(
        ft_order_side=side,
        ft_pair=trade.pair,
        ft_is_open=False,
        ft_amount=amount,
        ft_price=rate,
        order_id=f"dry_run_{side}_{name}",
        status="closed",
        symbol=trade.pair,
        order_type="limit",
        side=side,
        price=rate,
        average=rate,
        amount=amount,
        filled=amount,
        remaining=0.0,
        cost=amount * rate,
        order_date=at,
        order_filled_date=at,
        order_update_date=at,
        ft_order_tag=tag,
    )
    trade.orders.append(order)
    book_order(trade, order, at, Fee("USDT", amount * rate * FEE, FEE))


def listed(url: str, pairs: Sequence[str]) -> list[dict[str, Any]]:
    """Return pair, rate (quote currency), tick and lot step of `pairs` on the exchange."""
    rates = {
        ticker["symbol"]: float(ticker["askPrice"]) for ticker in _asked(f"{url}/api/v3/ticker/bookTicker")
    }
    found = {}
    for symbol in _asked(f"{url}/api/v3/exchangeInfo")["symbols"]:
        filters = {each["filterType"]: each for each in symbol["filters"]}
        found[f"{symbol['baseAsset']}/{symbol['quoteAsset']}"] = {
            "rate": rates[symbol["symbol"]],
            "tick": float(filters["PRICE_FILTER"]["tickSize"]),
            "step": float(filters["LOT_SIZE"]["stepSize"]),
        }
    return [{"pair": pair, **found[pair]} for pair in pairs]


def _asked(url: str) -> Any:
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)
