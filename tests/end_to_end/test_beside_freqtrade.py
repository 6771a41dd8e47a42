"""One database, two bots: what one made, the other takes over, manages on, and gives back.

Needs freqtrade: `FREQTRADE=/path/to/freqtrade pytest tests/end_to_end/test_beside_freqtrade.py`. Each round
takes about a minute, so it does not run by itself: `test_freqtrade_database.py` of the bot always does.
"""

import asyncio
import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.support.comparing import assert_alike
from tests.support.running import OURS, Program, exchange, free_port, running, simulated_config
from tests.support.scripted import QUIET

FREQTRADE = os.environ.get("FREQTRADE")
pytestmark = pytest.mark.skipif(not FREQTRADE, reason="name freqtrade's executable in FREQTRADE")

COMMANDS = {"appliance": OURS, "freqtrade": (FREQTRADE or "",)}
PAIRS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "ADA/USDT", "LTC/USDT"]
RESTING = "ETH/USDT"
ANSWERS = ("status", "profit", "trades", "performance", "stats", "count", "balance", "trades/3/custom-data")
STOPS_PLACED_ANEW = ("order_id", "order_timestamp", "cost", "stoploss_last_update", "current_")
"""freqtrade gives up the stop orders of a dry run at each start and places them anew."""

HANDOVER = (
    QUIET.replace("Quiet", "Handover")
    .replace('"5m"', '"1m"')
    .replace('"stoploss_on_exchange": False', '"stoploss_on_exchange": True')
    .replace('"stoploss": "market"', '"stoploss": "limit"')
    + """
    position_adjustment_enable = True

    def adjust_trade_position(self, trade, **kwargs):
        if trade.pair != "XRP/USDT" or trade.has_open_orders or trade.nr_of_successful_exits:
            return None
        return (50, "more") if trade.nr_of_successful_entries == 1 else (-40, "less")

    def order_filled(self, pair, trade, order, current_time, **kwargs):
        trade.set_custom_data("fills", trade.get_custom_data("fills", 0) + 1)
        trade.set_custom_data("last", {"side": order.ft_order_side, "tag": order.ft_order_tag})
"""
)


def config_for(folder: Path, url: str) -> dict:
    """A configuration that both bots take, on an exchange whose prices hardly move."""
    options = {
        "enableRateLimit": False,
        "urls": {"api": {"public": f"{url}/api/v3", "private": f"{url}/api/v3", "sapi": f"{url}/sapi/v1"}},
        "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
    }
    config = simulated_config(free_port(), db_url=f"sqlite:///{folder}/trades.sqlite", max_open_trades=10)
    config["exchange"] = {
        "name": "binance",
        "key": "",
        "secret": "",
        "enable_ws": False,
        "ccxt_config": options,
        "ccxt_async_config": options,
        "pair_whitelist": PAIRS,
    }
    book = {"price_side": "other", "use_order_book": True, "order_book_top": 1}
    return config | {
        "entry_pricing": book,
        "exit_pricing": book,
        "initial_state": "running",
        "internals": {"process_throttle_secs": 1},
        "unfilledtimeout": {"entry": 100, "exit": 100, "unit": "minutes"},
    }


def bot(name: str, folder: Path, url: str):
    (folder / "strategies").mkdir(parents=True, exist_ok=True)
    (folder / "strategies/handover.py").write_text(HANDOVER)
    arguments = ("--strategy", "Handover", "--userdir", str(folder))
    return running(folder, config_for(folder, url), *arguments, command=COMMANDS[name])


async def open_trades(program: Program) -> dict[str, dict]:
    return {trade["pair"]: trade for trade in await program.get("status")}


async def trade_a_little(program: Program) -> None:
    """Leave behind all that a database can have: open, added to, partly sold, closed, waiting to enter or
    leave, with stop orders.
    """
    for pair in PAIRS:
        price = {"price": 1000.0} if pair == RESTING else {}
        answer = await program.post("forceenter", {"pair": pair, "side": "long", **price})
        assert answer.get("pair") == pair, answer

    async def settled() -> bool:
        trades = await open_trades(program)
        waiting = [pair for pair, trade in trades.items() if trade["has_open_orders"]]
        sold = [o for o in trades["XRP/USDT"]["orders"] if o["ft_order_side"] == "sell" and not o["is_open"]]
        return waiting == [RESTING] and len(sold) == 1

    await program.until(settled)
    trades = await open_trades(program)
    await program.post("forceexit", {"tradeid": str(trades["LTC/USDT"]["trade_id"]), "ordertype": "market"})
    sol = trades["SOL/USDT"]
    limit = {"ordertype": "limit", "price": round(sol["open_rate"] * 1.5, 2)}
    await program.post("forceexit", {"tradeid": str(sol["trade_id"]), **limit})
    await guarded(program, "BTC/USDT", "ADA/USDT", "XRP/USDT")


async def guarded(program: Program, *pairs: str) -> None:
    """Wait until these trades have their stop orders, and prices stand."""

    async def have_stops() -> bool:
        trades = await open_trades(program)
        return all(
            any(o["ft_order_side"] == "stoploss" and o["is_open"] for o in trades[p]["orders"]) for p in pairs
        )

    await program.until(have_stops)


async def manage_on(program: Program) -> None:
    """Sell what waited for another price and what has a stop order; take back what waited to enter."""
    trades = await open_trades(program)
    for pair in ("SOL/USDT", "BTC/USDT"):
        order = {"tradeid": str(trades[pair]["trade_id"]), "ordertype": "market"}
        answer = await program.post("forceexit", order)
        assert "result" in answer, answer
    await program.delete(f"trades/{trades[RESTING]['trade_id']}/open-order")

    async def done() -> bool:
        return set(await open_trades(program)) == {"XRP/USDT", "ADA/USDT"}

    await program.until(done)


async def answers(program: Program) -> dict[str, object]:
    return {path: await program.get(path) for path in ANSWERS}


def comparable(value: object) -> object:
    """Leave out what follows from the moment of asking and from prices, which move a little."""
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if not isinstance(value, dict):
        return value
    moving = (*STOPS_PLACED_ANEW, "humanized", "profit_all", "stoploss_", "est_stake", "note", "cagr")
    moving = (
        *moving,
        "calmar",
        "sharpe",
        "sortino",
        "total",
        "max_rate",
        "min_rate",
        "profit_fiat",
        "value",
        "_ratio",
        "ted_at",
    )
    kept = {k: comparable(v) for k, v in value.items() if not any(word in k for word in moving)}
    if value.get("is_open") and "pair" in value and "orders" in value:
        kept = {k: v for k, v in kept.items() if not k.startswith(("profit_", "starting_capital"))}
    return kept


def with_the_same_database(folder: Path, name: str) -> Path:
    other = folder.parent / name
    other.mkdir()
    for file in folder.glob("trades.sqlite*"):
        shutil.copy(file, other)
    return other


@pytest.mark.parametrize(("maker", "taker"), [("freqtrade", "appliance"), ("appliance", "freqtrade")])
async def test_a_database_goes_from_one_bot_to_the_other_and_back(tmp_path, maker, taker):
    first = tmp_path / "first"
    async with exchange(tmp_path, "--speed", "0.001") as url:
        async with bot(maker, first, url) as program:
            await trade_a_little(program)
            made = await answers(program)
            await program.end()
        second = with_the_same_database(first, "second")
        async with bot(taker, second, url) as program:
            await guarded(program, "BTC/USDT", "ADA/USDT", "XRP/USDT")
            assert_alike(comparable(await answers(program)), comparable(made))
            await manage_on(program)
            managed = await answers(program)
            await program.end()
        third = with_the_same_database(second, "third")
        async with bot(maker, third, url) as program:
            await guarded(program, "ADA/USDT", "XRP/USDT")
            assert_alike(comparable(await answers(program)), comparable(managed))
            await program.end()


async def test_freqtrade_shows_our_trades_on_the_command_line(tmp_path):
    folder = tmp_path / "ours"
    async with exchange(tmp_path) as url, bot("appliance", folder, url) as program:
        await trade_a_little(program)
        await program.end()
    shown = await asyncio.create_subprocess_exec(
        str(FREQTRADE),
        *("show-trades", "--print-json", "--userdir", str(folder)),
        *("--db-url", f"sqlite:///{folder}/trades.sqlite"),
        stdout=asyncio.subprocess.PIPE,
        cwd=folder,
    )
    output = (await shown.communicate())[0].decode()
    trades = json.loads(output[output.index("[") :])
    with sqlite3.connect(folder / "trades.sqlite") as database:
        rows = database.execute("SELECT id, pair, amount, open_rate, close_profit_abs FROM trades").fetchall()
    told = [(t["trade_id"], t["pair"], t["amount"], t["open_rate"], t["close_profit_abs"]) for t in trades]
    assert sorted(told) == sorted(rows)
    assert len(rows) == len(PAIRS)
