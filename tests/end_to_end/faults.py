"""Does an order get lost or doubled, is money miscounted? Trades live on a faulty exchange for a while, then
compares the books: orders, amounts, costs, fees, positions, the profit of each trade, what the account made,
and what the API answers of it.

    python -m tests.end_to_end.faults --minutes 10
    python -m tests.end_to_end.faults --minutes 10 --kills 200 --dialect lies

The exchange is the test server: it resets connections after it has accepted orders, loses answers, refuses,
answers nonsense, is away for a minute; with `--dialect lies` it tells of fills up to a minute late, also when
it was asked to cancel. Nothing inside the bot or ccxt knows of it. `--seed` draws prices, faults and kills
again; what the bot does by then depends on the machine's speed, too.
"""

import argparse
import asyncio
import json
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from appliance.bot.orders.fault_points import VARIABLE, Point
from tests.exchange_server.app import ccxt_urls
from tests.exchange_server.settings import KEY, SECRET
from tests.support.books import differences, profit_in
from tests.support.running import Program, api_settings, exchange, free_port

DATABASE = "trades.sqlite"
STOPPING_SECONDS, LATEST_SECONDS = 5.0, 60.0
"""How long the bot may take to stop; how late an exchange that lies tells of a fill at most."""
AGREEING_SECONDS = 180.0
"""How long books may differ after that: orders that were cancelled are asked for once more after a minute."""
KILLS_BETWEEN_RESTS, REST_SECONDS = 10, 30.0
TRADING_SECONDS = 180.0
"""How long a start may take on an exchange in a storm."""
STARTING_SECONDS, POINT_SECONDS = 12.0, 5.0
"""How long a start may take before it is killed, trading or not; how long a named point is waited for."""
SOON_CERTAIN = {"timeout": 5_000, "options": {"recvWindow": 3_000}}
"""Among kills lost orders are settled after 18 s and not 30, so that there are always pairs to trade."""

DIALECTS = {
    "plain": ["--commission", "received"],
    "acks": ["--commission", "received", "--answer", "ACK", "--trades-lag-ms", "3000"],
    "late": [
        *("--commission", "BNB", "--balance", "USDT=10000", "--balance", "BNB=0.02"),
        *("--answer", "RESULT", "--lag-ms", "1500", "--trades-lag-ms", "4000"),
    ],
    "lies": [
        *("--commission", "received", "--trades-lag-ms", "1000", "--late-balances"),
        *("--late-fills-ms", "1000-60000", "--late-share", "0.5"),
    ],
    "quote": ["--commission", "quote"],
    "base": ["--commission", "base", "--answer", "FULL", "--lag-ms", "700", "--trades-lag-ms", "2000"],
}
"""Other ways in which an exchange may behave that understands Binance's questions."""

STRATEGY = """
from freqtrade.strategy import IStrategy


class Benchmarked(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1m"
    minimal_roi = {"0": 0.0005}
    stoploss = -0.004
    startup_candle_count = 5
    process_only_new_candles = False
    unfilledtimeout = {"entry": 8, "exit": 8, "unit": "seconds"}
    order_types = {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": False}
    position_adjustment_enable = True

    def populate_indicators(self, df, metadata):
        return df

    def populate_entry_trend(self, df, metadata):
        df["enter_long"] = 1
        return df

    def populate_exit_trend(self, df, metadata):
        df["exit_long"] = 0
        return df

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "enough" if (current_time - trade.open_date_utc).total_seconds() > 6 else None

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, *args, **kwargs):
        # More is bought for every second trade, a part of every third is sold, once each.
        if trade.has_open_orders:
            return None
        if trade.id % 2 and trade.nr_of_successful_entries < 2:
            return 40, "more"
        if not trade.id % 3 and not trade.nr_of_successful_exits:
            return -trade.stake_amount * 0.4, "less"
        return None

    def bot_loop_start(self, current_time, **kwargs):
        self.unlock_reason("Auto lock")  # enter again at once
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--quiet-seconds", type=float, default=120, help="how long it may settle afterwards")
    parser.add_argument("--speed", type=float, default=20)
    parser.add_argument(
        "--kills", type=int, default=0, help="how often the bot is killed with SIGKILL before"
    )
    parser.add_argument(
        "--dialect", choices=DIALECTS, default="plain", help="how the exchange behaves besides"
    )
    parser.add_argument("--seed", type=int, help="draws prices, faults and kills; default: another each time")
    parser.add_argument("--keep", help="folder in which the books stay")
    given = parser.parse_args()
    given.seed = random.randrange(10**6) if given.seed is None else given.seed
    print(f"seed {given.seed}, dialect {given.dialect}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(given.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        problems = asyncio.run(faulty_run(folder, given))
    raise SystemExit(1 if problems else 0)


async def faulty_run(folder: Path, given: argparse.Namespace) -> list[str]:
    """Trade through the storm, let it settle, compare; return what does not agree."""
    storm = ("--speed", str(given.speed), "--seed", str(given.seed), "--faults", "storm")
    async with exchange(
        folder, *storm, "--pieces", "3", "--liquidity", "0.5", *DIALECTS[given.dialect]
    ) as url:
        config = live_config(folder, url, await listed_pairs(url, 8))
        if given.kills:
            config["exchange"]["ccxt_sync_config"] = SOON_CERTAIN
            await killed_often(folder, config, given)
        config["order_types"] = order_types(stops=True)
        async with launched(folder, config) as program:
            await program.until(program.trades, TRADING_SECONDS)
            await asyncio.sleep(given.minutes * 60)
            await asked(url, "/__faults", "DELETE")
            await program.post("pause")
            await asyncio.sleep(given.quiet_seconds)
            # From here on the exchange does not lie, and what rests in the book is cancelled: it cannot fill
            # while books are read.
            await asked(url, "/__late", "DELETE")
            await program.post("stop")
            await asyncio.sleep(STOPPING_SECONDS)
            ledger, problems = await agreed(url, folder / DATABASE, given.dialect)
            problems += await answers_that_differ(program, folder / DATABASE)
            struck = (await asked(url, "/__faults"))["struck"]
        (folder / "ledger.json").write_text(json.dumps(ledger))
    made, _ = profit_in(folder / DATABASE)
    print(f"{given.minutes:g} minutes, {len(struck)} faults, {len(ledger['orders'])} orders on the exchange")
    print(f"{len(ledger['fills'])} fills, {made:.2f} {config['stake_currency']} made by closed trades")
    print(f"{len(problems)} differences between exchange and database (seed {given.seed})")
    for problem in problems[:40]:
        print("  " + problem)
    return problems


async def asked(url: str, path: str, method: str = "GET") -> Any:
    """Ask the exchange, as those who run it."""
    async with aiohttp.ClientSession() as session, session.request(method, url + path) as answer:
        return await answer.json()


async def listed_pairs(url: str, count: int) -> list[str]:
    """Return the first pairs against USDT that the exchange lists."""
    symbols = (await asked(url, "/api/v3/exchangeInfo"))["symbols"]
    return [f"{symbol['baseAsset']}/USDT" for symbol in symbols if symbol["quoteAsset"] == "USDT"][:count]


async def agreed(url: str, database: Path, dialect: str) -> tuple[dict[str, Any], list[str]]:
    """Compare until the books agree, or for as long as they may differ; return ledger and differences."""
    if dialect == "lies":  # what was told late must be heard of before that means anything
        await asyncio.sleep(LATEST_SECONDS)
    end = time.monotonic() + AGREEING_SECONDS
    while True:
        ledger = await asked(url, "/__ledger")
        problems = differences(ledger, database)
        if not problems or time.monotonic() > end:
            return ledger, problems
        await asyncio.sleep(5)


async def answers_that_differ(program: Program, database: Path) -> list[str]:
    """Return what the API says of closed trades' profit that is not the sum of the database's."""
    made, by_pair = profit_in(database)
    told = (await program.get("profit"))["profit_closed_coin"]
    listed = {entry["pair"]: entry["profit_abs"] for entry in await program.get("performance")}
    days = (await program.get("daily", timescale=3))["data"]
    by_day = sum(day["abs_profit"] for day in days)
    problems = [f"/profit says {told}, the database {made}"] if abs(told - made) > 1e-6 else []
    if abs(by_day - made) > 1e-4:
        problems.append(f"/daily says {by_day}, the database {made}")
    problems += [
        f"/performance says {listed.get(pair)} of {pair}, the database {profit}"
        for pair, profit in by_pair.items()
        if abs(listed.get(pair, 0.0) - profit) > 1e-6
    ]
    return problems


async def killed_often(folder: Path, config: dict[str, Any], given: argparse.Namespace) -> None:
    """Start the bot and kill it again and again; now and then let it trade in peace for a while."""
    chance, began = random.Random(given.seed), time.monotonic()
    killed: Counter[str] = Counter()
    for number in range(1, given.kills + 1):
        config["order_types"] = order_types(stops=chance.random() < 0.5)
        killed[await killed_once(folder, config, chance)] += 1
        if number % KILLS_BETWEEN_RESTS == 0:
            await rest(folder, config)
            print(f"{number} times killed, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{killed.total()} times killed: {dict(killed.most_common())}", flush=True)


async def rest(folder: Path, config: dict[str, Any]) -> None:
    """Let the bot trade for a while: else lost orders keep all pairs from trading."""
    async with launched(folder, config) as program:
        await program.until(program.trades, TRADING_SECONDS)
        await asyncio.sleep(REST_SECONDS)


async def killed_once(folder: Path, config: dict[str, Any], chance: random.Random) -> str:
    """Start the bot and kill it while it trades: every other time at a named point, else at any moment.

    Return where it was; a point that is not reached in time is any moment. A start that takes long is killed
    as well.
    """
    wanted = chance.choice([*Point, *[None] * len(Point)])
    times, moment = chance.randint(1, 3), chance.uniform(0, 4)
    environment = {VARIABLE: f"{wanted.value}:{times}"} if wanted is not None else {}
    async with launched(folder, config, **environment) as program:
        end = time.monotonic() + STARTING_SECONDS
        while program.runs and time.monotonic() < end and not await program.trades():
            await asyncio.sleep(0.1)
        try:
            async with asyncio.timeout(POINT_SECONDS if wanted else moment):
                status = await program.ended()
        except TimeoutError:
            await program.end(signal.SIGKILL)
            return "any moment"
    return str(wanted) if status == -signal.SIGKILL else "ended by itself"


def order_types(*, stops: bool) -> dict[str, Any]:
    """Return which orders are placed; `stops`: with stop orders on the exchange."""
    return {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": stops}


@asynccontextmanager
async def launched(folder: Path, config: dict[str, Any], **environment: str) -> AsyncIterator[Program]:
    """Start the bot on the books of this folder, at an address of its own; it is asked to end afterwards."""
    (folder / "benchmarked.py").write_text(STRATEGY)
    config["api_server"] = api_settings(free_port())
    (folder / "config.json").write_text(json.dumps(config))
    program = Program(folder, config, "--strategy", "Benchmarked", "--strategy-path", str(folder))
    program.environment = environment
    await program.launch("-c", str(folder / "config.json"))
    try:
        yield program
    finally:
        await program.end()


def live_config(folder: Path, url: str, pairs: list[str]) -> dict[str, Any]:
    """Return a configuration that trades live, small stakes, every second."""
    pricing = {"price_side": "same", "use_order_book": True, "order_book_top": 1}
    return {
        "dry_run": False,
        "db_url": f"sqlite:///{folder / DATABASE}",
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 6,
        "initial_state": "running",
        "force_entry_enable": True,
        "cancel_open_orders_on_exit": True,
        "entry_pricing": pricing,
        "exit_pricing": pricing,
        "exchange": {
            "name": "binance",
            "key": KEY,
            "secret": SECRET,
            "enable_ws": False,
            "ccxt_config": {
                "enableRateLimit": False,
                "urls": ccxt_urls(url),
                "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
            },
            "pair_whitelist": pairs,
        },
        "pairlists": [{"method": "StaticPairList"}],
        "internals": {"process_throttle_secs": 1},
    }


if __name__ == "__main__":
    main()
