"""Does an order get lost or doubled, is money miscounted? Trades live on a faulty exchange for a while, then
compares the books: orders, amounts, costs, fees, positions, the profit of each trade, what the account made,
and what the API answers of it.

    python -m benchmarks.faults --minutes 10
    python -m benchmarks.faults --minutes 10 --kills 200 --dialect lies

The exchange is the test server: it resets connections after it has accepted orders, loses answers, refuses,
answers nonsense, is away for a minute; with `--dialect lies` it tells of fills up to a minute late, also when
it was asked to cancel. Nothing inside the bot or ccxt knows of it. `--seed` draws prices, faults and kills
again; what the bot does by then depends on the machine's speed, too.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from appliance.bot.orders.fault_points import VARIABLE, Point
from benchmarks.contenders import (
    Contender,
    Running,
    binance_config,
    free_port,
    running,
    simulated_pairs,
    until_answered,
)
from tests.exchange_server.settings import KEY, SECRET
from tests.support.books import differences, profit_in

DATABASE = "trades.sqlite"
STOPPING_SECONDS, LATEST_SECONDS = 5.0, 60.0
"""How long the bot may take to stop; how late an exchange that lies tells of a fill at most."""
AGREEING_SECONDS = 180.0
"""How long books may differ after that: orders that were cancelled are asked for once more after a minute."""
KILLS_BETWEEN_RESTS, REST_SECONDS = 10, 30.0
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
        problems = faulty_run(folder, given)
    raise SystemExit(1 if problems else 0)


def faulty_run(folder: Path, given: argparse.Namespace) -> list[str]:
    """Trade through the storm, let it settle, compare; return what does not agree."""
    with faulty_exchange(folder, given.speed, given.seed, DIALECTS[given.dialect]) as url:
        config = live_config(url, simulated_pairs(url, 8))
        if given.kills:
            config["exchange"]["ccxt_sync_config"] = SOON_CERTAIN
            killed_often(folder, config, given)
        config["order_types"] = order_types(stops=True)
        with started(folder, config) as program:
            program.until_trading()
            time.sleep(given.minutes * 60)
            urllib.request.urlopen(urllib.request.Request(f"{url}/__faults", method="DELETE"))
            program.call("pause", {})
            time.sleep(given.quiet_seconds)
            # From here on the exchange does not lie, and what rests in the book is cancelled: it cannot fill
            # while books are read.
            urllib.request.urlopen(urllib.request.Request(f"{url}/__late", method="DELETE"))
            program.call("stop", {})
            time.sleep(STOPPING_SECONDS)
            ledger, problems = agreed(url, folder / DATABASE, given.dialect)
            problems += answers_that_differ(program, folder / DATABASE)
            struck = json.load(urllib.request.urlopen(f"{url}/__faults"))["struck"]
        (folder / "ledger.json").write_text(json.dumps(ledger))
    made, _ = profit_in(folder / DATABASE)
    print(f"{given.minutes:g} minutes, {len(struck)} faults, {len(ledger['orders'])} orders on the exchange")
    print(f"{len(ledger['fills'])} fills, {made:.2f} {config['stake_currency']} made by closed trades")
    print(f"{len(problems)} differences between exchange and database (seed {given.seed})")
    for problem in problems[:40]:
        print("  " + problem)
    return problems


def agreed(url: str, database: Path, dialect: str) -> tuple[dict[str, Any], list[str]]:
    """Compare until the books agree, or for as long as they may differ; return ledger and differences."""
    if dialect == "lies":  # what was told late must be heard of before that means anything
        time.sleep(LATEST_SECONDS)
    end = time.monotonic() + AGREEING_SECONDS
    while True:
        ledger = json.load(urllib.request.urlopen(f"{url}/__ledger"))
        problems = differences(ledger, database)
        if not problems or time.monotonic() > end:
            return ledger, problems
        time.sleep(5)


def answers_that_differ(program: Running, database: Path) -> list[str]:
    """Return what the API says of closed trades' profit that is not the sum of the database's."""
    made, by_pair = profit_in(database)
    told = program.call("profit")["profit_closed_coin"]
    listed = {entry["pair"]: entry["profit_abs"] for entry in program.call("performance")}
    days = program.call("daily?timescale=3")["data"]
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


def killed_often(folder: Path, config: dict[str, Any], given: argparse.Namespace) -> None:
    """Start the bot and kill it again and again; now and then let it trade in peace for a while."""
    chance, began = random.Random(given.seed), time.monotonic()
    killed: Counter[str] = Counter()
    for number in range(1, given.kills + 1):
        config["order_types"] = order_types(stops=chance.random() < 0.5)
        killed[killed_once(folder, config, chance)] += 1
        if number % KILLS_BETWEEN_RESTS == 0:
            rest(folder, config)
            print(f"{number} times killed, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{killed.total()} times killed: {dict(killed.most_common())}", flush=True)


def rest(folder: Path, config: dict[str, Any]) -> None:
    """Let the bot trade for a while: else lost orders keep all pairs from trading."""
    with started(folder, config) as program:
        program.until_trading()
        time.sleep(REST_SECONDS)


def killed_once(folder: Path, config: dict[str, Any], chance: random.Random) -> str:
    """Start the bot and kill it while it trades: every other time at a named point, else at any moment.

    Return where it was; a point that is not reached in time is any moment. A start that takes long is killed
    as well.
    """
    wanted = chance.choice([*Point, *[None] * len(Point)])
    times, moment = chance.randint(1, 3), chance.uniform(0, 4)
    if wanted is not None:
        os.environ[VARIABLE] = f"{wanted.value}:{times}"
    try:
        with started(folder, config) as program:
            end = time.monotonic() + STARTING_SECONDS
            while program.process.poll() is None and time.monotonic() < end and not program.trades():
                time.sleep(0.1)
            try:
                program.process.wait(POINT_SECONDS if wanted else moment)
            except subprocess.TimeoutExpired:
                program.process.kill()
                program.process.wait()
                return "any moment"
    finally:
        os.environ.pop(VARIABLE, None)
    return str(wanted) if program.process.returncode == -signal.SIGKILL else "ended by itself"


def order_types(*, stops: bool) -> dict[str, Any]:
    """Return which orders are placed; `stops`: with stop orders on the exchange."""
    return {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": stops}


def started(folder: Path, config: dict[str, Any]) -> AbstractContextManager[Running]:
    """Start the bot on the books of this folder, at an address of its own."""
    config["api_server"]["listen_port"] = free_port()
    contender = Contender("appliance", [sys.executable, "-m", "appliance"])
    return running(contender, config, code=STRATEGY, database=folder / DATABASE, log=folder / "bot.log")


@contextmanager
def faulty_exchange(folder: Path, speed: float, seed: int, dialect: Sequence[str]) -> Iterator[str]:
    """Run the exchange in a storm; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.exchange_server", "--port", str(port), "--speed", str(speed)]
    command += ["--seed", str(seed), "--faults", "storm", "--pieces", "3", "--liquidity", "0.5", *dialect]
    with (folder / "exchange.log").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    url = f"http://127.0.0.1:{port}"
    try:
        until_answered(f"{url}/__check")
        yield url
    finally:
        process.kill()
        process.wait()


def live_config(url: str, pairs: list[str]) -> dict[str, Any]:
    """Return a configuration that trades live, small stakes, every second."""
    config = binance_config(url, free_port(), pairs, dry_run=False, max_open_trades=6)
    config["cancel_open_orders_on_exit"] = True
    config["exchange"] |= {"key": KEY, "secret": SECRET}
    config["entry_pricing"] = {"price_side": "same", "use_order_book": True, "order_book_top": 1}
    config["exit_pricing"] = {"price_side": "same", "use_order_book": True, "order_book_top": 1}
    config["internals"] = {"process_throttle_secs": 1}
    del config["unfilledtimeout"]
    return config


if __name__ == "__main__":
    main()
