"""kill -9 at each step between writing, sending, hearing and writing again: the exchange and the books agree.

The bot trades live. For each point it is started to be killed there, brought there, and started again.
"""

import asyncio
import contextlib
import json
from pathlib import Path

import aiohttp
import pytest

from appliance.bot.orders.fault_points import VARIABLE, Point
from tests.exchange_server.app import ccxt_urls
from tests.exchange_server.settings import KEY, SECRET
from tests.support.books import differences
from tests.support.running import Program, api_settings, exchange, free_port

STRATEGY = """
from pathlib import Path

from freqtrade.strategy import IStrategy


class Obedient(IStrategy):
    timeframe = "1m"
    minimal_roi = {"0": 10}
    stoploss = -0.5
    startup_candle_count = 5
    order_types = {"entry": "limit", "exit": "market", "stoploss": "limit"} | (
        {"stoploss_on_exchange": Path("stops").exists()}
    )

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "told to" if Path("leave").exists() else None

    def check_entry_timeout(self, pair, trade, order, current_time, **kwargs):
        return Path("give_up").exists()
"""
PAIRS = ("BTC", "ETH", "SOL", "XRP", "ADA", "BNB", "DOGE", "LTC")

SETTLING = 180.0
"""Seconds that settling may take: that an order was never sent is certain only after a while."""
SOON_CERTAIN = {"timeout": 4_000, "options": {"recvWindow": 3_000}}
"""After 17 s and not 30 (ms)."""


class Stage:
    """A bot at an exchange, both real processes, and what a test may do to them.

    `forked`: as in `Program`; an environment that counts for the libraries needs a process of its own.
    """

    def __init__(self, folder: Path, url: str, database: Path | None = None, *, forked: bool = True) -> None:
        self.folder, self.url = folder, url
        self.database = database or folder / "trades.sqlite"
        (folder / "obedient.py").write_text(STRATEGY)
        flags = ("--strategy", "Obedient", "--strategy-path", str(folder))
        self.program = Program(folder, live_config(url, self.database), *flags, forked=forked)
        self._pairs = iter(PAIRS)

    async def ask(self, method: str, path: str, body: object = None) -> object:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.url}{path}", json=body) as answer,
        ):
            return await answer.json()

    async def problems(self) -> list[str]:
        ledger = await self.ask("GET", "/__ledger")
        return await asyncio.to_thread(differences, ledger, self.database)

    async def agrees(self) -> bool:
        """Tell whether nothing is lost or doubled; orders that may be on their way still count as open."""
        return all(problem.startswith("still not settled") for problem in await self.problems())

    async def settled(self) -> bool:
        return not await self.problems()

    # -- what brings the bot to its points -------------------------------------------------------------

    async def enter(self, **options: object) -> None:
        wanted = {"pair": f"{next(self._pairs)}/USDT", "side": "long", "ordertype": "market"}
        await self.program.post("forceenter", wanted | options)

    async def enter_below(self) -> None:
        """Place an entry that rests in the book."""
        asset = next(self._pairs)
        told = await self.ask("GET", f"/api/v3/ticker/price?symbol={asset}USDT")
        price = float(told["price"]) * 0.9
        wanted = {"pair": f"{asset}/USDT", "side": "long", "ordertype": "limit", "price": price}
        await self.program.post("forceenter", wanted)

    async def lose_an_answer(self) -> None:
        fault = {"kind": "reset", "path": "/api/v3/order", "method": "POST", "accepted": True, "times": 1}
        await self.ask("POST", "/__faults", [fault])
        await self.enter()

    async def leave(self) -> None:
        trades = await self.program.get("status")
        held = next(t["trade_id"] for t in trades if t["amount"] > 0 and not t["has_open_orders"])
        await self.program.post("forceexit", {"tradeid": str(held), "ordertype": "market"})

    async def cancel(self) -> None:
        await self.enter_below()
        (trade, *_) = [each for each in await self.program.get("status") if each["has_open_orders"]]
        await self.program.delete(f"trades/{trade['trade_id']}/open-order")

    async def fill(self) -> None:
        """Have the exchange fill an entry that rests in the book."""
        await self.enter_below()
        ledger = await self.ask("GET", "/__ledger")
        resting = next(o for o in ledger["orders"] if o["side"] == "BUY" and o["status"] == "NEW")
        await self.ask("POST", "/__fill", {"orderId": resting["id"]})

    async def guard(self) -> None:
        """Have a stop order placed on the exchange."""
        await self.enter()

    async def leave_guarded(self) -> None:
        """Have a trade left for the strategy's reasons: its stop order makes room first."""
        (self.folder / "leave").touch()

    async def wait(self) -> None:
        """Do nothing: the start alone brings the bot there."""


def live_config(url: str, database: Path) -> dict:
    return {
        "dry_run": False,
        "db_url": f"sqlite:///{database}",
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 10,
        "force_entry_enable": True,
        "entry_pricing": {"price_side": "other"},
        "exit_pricing": {"price_side": "other"},
        "exchange": {
            "name": "binance",
            "key": KEY,
            "secret": SECRET,
            "ccxt_config": {"urls": ccxt_urls(url), "enableRateLimit": False} | SOON_CERTAIN,
            "pair_whitelist": [f"{asset}/USDT" for asset in PAIRS],
        },
        "pairlists": [{"method": "StaticPairList"}],
        "internals": {"process_throttle_secs": 0.2},
        "api_server": api_settings(free_port()),
    }


ENTRIES = {
    Point.ENTRY_WRITTEN: Stage.enter,
    Point.ENTRY_ANSWERED: Stage.enter,
    Point.ENTRY_SAVED: Stage.enter,
    Point.UNKNOWN_WRITTEN: Stage.lose_an_answer,
    Point.RESOLVE_ANSWERED: Stage.lose_an_answer,
}
RESTING = {  # the refresh first: after a lost cancellation a start passes it by itself
    Point.REFRESH_ANSWERED: Stage.fill,
    Point.CANCEL_WRITTEN: Stage.cancel,
    Point.CANCEL_ANSWERED: Stage.cancel,
}
STOPS = {
    Point.STOP_WRITTEN: Stage.guard,
    Point.STOP_ANSWERED: Stage.guard,
    Point.STOP_SAVED: Stage.guard,
    Point.RECONCILE_BEGUN: Stage.wait,
    Point.RECONCILE_DONE: Stage.wait,
    Point.REPLACE_WRITTEN: Stage.leave_guarded,
    Point.REPLACE_ANSWERED: Stage.leave_guarded,
    Point.REPLACE_SAVED: Stage.leave_guarded,
}
EXITS = {
    Point.EXIT_WRITTEN: Stage.leave,
    Point.EXIT_ANSWERED: Stage.leave,
    Point.EXIT_SAVED: Stage.leave,
}
AT_THE_START = (Point.RECONCILE_BEGUN, Point.RECONCILE_DONE)


def test_every_point_is_tried():
    assert {*ENTRIES, *RESTING, *STOPS, *EXITS} == set(Point)


async def killed_at(stage: Stage, point: Point, bring) -> None:
    """Start the bot, see that the books agree, bring it to the point, and see it die there."""
    program = stage.program
    program.environment = {VARIABLE: point.value}
    with contextlib.suppress(aiohttp.ClientError, AssertionError):  # it may die before it answers
        if point in AT_THE_START:
            await program.launch("-c", str(stage.folder / "config.json"))
        else:
            await program.start()
            await program.until(stage.agrees)
        await bring(stage)
    assert await program.ended() == -9, program.output
    assert program.output.count(f"killed at {point.value}\n") == 1


@pytest.mark.parametrize("points", [ENTRIES, RESTING, STOPS, EXITS], ids=["entry", "resting", "stop", "exit"])
async def test_killed_at_any_step_the_bot_loses_and_doubles_no_order(tmp_path, points):
    if points is STOPS:
        (tmp_path / "stops").touch()
    async with exchange(tmp_path) as url:
        stage = Stage(tmp_path, url)
        (tmp_path / "config.json").write_text(json.dumps(stage.program.config))
        try:
            if points is EXITS:
                await stage.program.start()
                for _ in EXITS:
                    await stage.enter()
                await stage.program.end(9)
            for point, bring in points.items():
                await killed_at(stage, point, bring)
            stage.program.environment = {}
            await stage.program.start()
            await stage.program.until(stage.settled, SETTLING)
            ledger = await stage.ask("GET", "/__ledger")
            assert len({order["client_id"] for order in ledger["orders"]}) == len(ledger["orders"]) > 2
        finally:
            await stage.program.end(9)
