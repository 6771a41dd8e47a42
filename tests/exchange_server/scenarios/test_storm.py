"""In the worst weather the exchange keeps its books, and tells everything to who asks afterwards."""

import logging

import ccxt
import pytest

from tests.exchange_server.clock import BEGINNING, starting_at
from tests.exchange_server.faults import storm
from tests.exchange_server.fixture import start
from tests.exchange_server.settings import ServerSettings
from tests.exchange_server.trader import Trader, trader

PAIR = "ETH/USDT"
PATIENT_MS, HASTY_MS = 60_000, 500
"""How long to wait for an answer: one that must come, and one that a fault may keep back."""
_ODD = (TypeError, AttributeError, KeyError)
"""What ccxt raises besides its own errors when an answer is none."""


async def trade_once(binance: Trader, number: int, price: float) -> None:
    """Buy or sell near the price, and cancel it again; whatever is answered."""
    side = "buy" if number % 3 else "sell"
    ids = {"newClientOrderId": f"storm-{number}"}
    try:
        await binance.create_order(PAIR, "limit", side, 0.05, price, ids)
    except (ccxt.BaseError, *_ODD):
        pass
    try:
        await binance.cancel_order(None, PAIR, {"origClientOrderId": f"storm-{number}"})
    except (ccxt.BaseError, *_ODD):
        pass


async def test_nothing_is_lost_in_a_storm(caplog: pytest.LogCaptureFixture):
    settings = ServerSettings(most_pieces=3, liquidity=0.0005, orders_in_10s=10_000)
    server = await start(speed=100, settings=settings, clock=starting_at(BEGINNING))
    async with trader(server, timeout=PATIENT_MS) as binance:
        binance.timeout = HASTY_MS
        server.faults.add(*storm(outage_after=None))
        for number in range(40):
            last = server.market.price(PAIR, server.clock())
            price = binance.price_to_precision(PAIR, last * (0.9995 + 0.0003 * (number % 4)))
            await trade_once(binance, number, float(price))
            server.put_clock_ahead(400)
            binance.options["timeDifference"] -= 400
        server.faults.clear()
        binance.timeout = PATIENT_MS
        server.put_clock_ahead(10_000)
        await binance.load_time_difference()
        ledger = server.ledger
        ledger.check()
        orders = {order["id"]: order for order in await binance.fetch_orders(PAIR, limit=1000)}
        trades = await binance.fetch_my_trades(PAIR, limit=1000)
        assert {int(number) for number in orders} == set(ledger.orders)
        assert sorted(int(trade["id"]) for trade in trades) == [fill.id for fill in ledger.fills]
        for order in ledger.orders.values():
            told = orders[str(order.id)]
            assert (told["filled"], told["cost"]) == (float(order.executed), float(order.quote_executed))
    assert {"reset", "silence", "error"} <= {struck.kind for struck in server.faults.struck}
    assert len(ledger.fills) > 10
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    await server.close()
