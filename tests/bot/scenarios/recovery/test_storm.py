"""A bot that trades in bad weather: afterwards its books and the exchange's agree, order by order.

`tests/end_to_end/faults.py` is the long run of this, with a process of its own.
"""

import asyncio
import json
from decimal import Decimal

import pytest

from tests.bot.live_scene import live_scene
from tests.end_to_end.faults import DATABASE, STRATEGY
from tests.exchange_server.faults import storm
from tests.exchange_server.fixture import start
from tests.exchange_server.settings import ServerSettings
from tests.support.books import differences

HASTY = STRATEGY.replace("() > 6", "() > 0.5")
ENOUGH_ORDERS, ENOUGH_FAULTS, MUCH = 12, 21, 10**9
PATIENCE = 120
"""Seconds until that much has happened; a busy machine may need them."""
SLOW = ("silence", "limited", "banned", "late", "unseen")
"""What takes seconds of the clock."""
PAIRS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT"]
CHANGES = {
    "strategy": "Benchmarked",
    "code": HASTY,
    "timeframe": "1m",
    "max_open_trades": 4,
    "exchange.pair_whitelist": PAIRS,
    "unfilledtimeout.entry": 1,
    "unfilledtimeout.exit": 1,
    "unfilledtimeout.unit": "seconds",
    "cancel_open_orders_on_exit": True,
}
SERVERS = {
    "usual": ServerSettings(liquidity=0.5, most_pieces=3, weight_limit=MUCH),
    "short answers, late lists": ServerSettings(
        liquidity=0.5, most_pieces=3, answer="ACK", lag_ms=150, trades_lag_ms=300, weight_limit=MUCH
    ),
    "fees in BNB, then not": ServerSettings(
        commission="BNB",
        balance={"USDT": Decimal(10_000), "BNB": Decimal("0.001")},
        answer="RESULT",
        weight_limit=MUCH,
    ),
}


@pytest.mark.parametrize("name", SERVERS)
async def test_nothing_is_lost_and_nothing_doubled(tmp_path, name: str):
    server = await start(speed=60, settings=SERVERS[name])
    async with live_scene(tmp_path, server, **CHANGES) as scene:
        server.faults.add(*[fault for fault in storm(None) if fault.kind not in SLOW])
        async with asyncio.timeout(PATIENCE):
            while len(server.ledger.orders) < ENOUGH_ORDERS or len(server.faults.struck) < ENOUGH_FAULTS:
                scene.passed += 5
                scene.bot.locks.locks.clear()  # enter again at once, not with the next candle
                await scene.cycle()
        server.faults.clear()
        for change in (scene.bot.pause, scene.bot.stop):  # the end takes what rests out of the book
            change()
            for _ in range(6):
                scene.passed += 10
                await scene.cycle()
        written = json.loads(json.dumps(server.ledger.as_json(), default=str))
        async with asyncio.timeout(PATIENCE):
            while left := differences(written, tmp_path / DATABASE):
                print(left)  # fills are listed later than told; this is what a time-out shows
                await asyncio.sleep(0.1)
                await scene.cycle()
    server.ledger.check()
    await server.close()
