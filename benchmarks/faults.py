"""Does an order get lost or doubled? Trades live on a faulty exchange for a while, then compares the books.

    python -m benchmarks.faults --minutes 10
    python -m benchmarks.faults --minutes 1 --kills 200

The exchange is the test server: it resets connections after it has accepted orders, loses answers, refuses,
answers nonsense, is away for a minute. Nothing inside the bot or ccxt knows of it.
"""

import argparse
import json
import os
import random
import sqlite3
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

from appliance.bot.fault_points import VARIABLE, Point
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

DATABASE = "trades.sqlite"
LEAST_RATIO, LEFT_OVER = 0.002, 5.0
"""What may be missing of a position (fees), as a ratio; what rounding and fees may leave of it, in USDT."""

STOPPING_SECONDS = 5.0
KILLS_BETWEEN_RESTS, REST_SECONDS = 10, 30.0
SOON_CERTAIN = {"timeout": 5_000, "options": {"recvWindow": 3_000}}
"""Among kills lost orders are settled after 18 s and not 30, so that there are always pairs to trade."""

DIALECTS = {
    "plain": ["--commission", "received"],
    "acks": ["--commission", "received", "--answer", "ACK", "--trades-lag-ms", "3000"],
    "late": [
        *("--commission", "BNB", "--balance", "USDT=10000", "--balance", "BNB=0.02"),
        *("--answer", "RESULT", "--lag-ms", "1500", "--trades-lag-ms", "4000"),
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
    parser.add_argument("--keep", help="folder in which the books stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(given.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        problems = faulty_run(folder, given)
    raise SystemExit(1 if problems else 0)


def faulty_run(folder: Path, given: argparse.Namespace) -> list[str]:
    """Trade through the storm, let it settle, compare; return what does not agree."""
    with faulty_exchange(folder, given.speed, DIALECTS[given.dialect]) as url:
        config = live_config(url, simulated_pairs(url, 8))
        if given.kills:
            config["exchange"]["ccxt_sync_config"] = SOON_CERTAIN
        contender = Contender("appliance", [sys.executable, "-m", "appliance"])
        killed: Counter[str] = Counter()
        for number in range(1, given.kills + 1):
            config["api_server"]["listen_port"] = free_port()
            killed[killed_once(folder, contender, config)] += 1
            os.environ.pop(VARIABLE, None)
            if number % KILLS_BETWEEN_RESTS == 0:
                with started(folder, contender, config) as program:
                    program.until_trading()
                    time.sleep(REST_SECONDS)  # else lost orders keep all pairs from trading
        if killed:
            print(f"{killed.total()} times killed: {dict(killed)}", flush=True)
        with started(folder, contender, config) as program:
            program.until_trading()
            time.sleep(given.minutes * 60)
            urllib.request.urlopen(urllib.request.Request(f"{url}/__faults", method="DELETE"))
            program.call("pause", {})
            time.sleep(given.quiet_seconds)
            program.call(
                "stop", {}
            )  # what rests in the book is cancelled: it cannot fill while books are read
            time.sleep(STOPPING_SECONDS)
            ledger = json.load(urllib.request.urlopen(f"{url}/__ledger"))
            struck = json.load(urllib.request.urlopen(f"{url}/__faults"))["struck"]
        (folder / "ledger.json").write_text(json.dumps(ledger))
    problems = differences(ledger, folder / DATABASE)
    print(f"{given.minutes:g} minutes, {len(struck)} faults, {len(ledger['orders'])} orders on the exchange")
    print(f"{len(ledger['fills'])} fills, {len(problems)} differences between exchange and database")
    for problem in problems[:40]:
        print("  " + problem)
    return problems


def killed_once(folder: Path, contender: Contender, config: dict[str, Any]) -> str:
    """Start the bot and kill it while it trades: every other time at a named point, else at any moment.

    Return where it was; a point that is not reached within ten seconds is any moment.
    """
    wanted = random.choice([*Point, *[None] * len(Point)])
    if wanted is not None:
        os.environ[VARIABLE] = f"{wanted.value}:{random.randint(1, 3)}"
    with started(folder, contender, config) as program:
        while program.process.poll() is None and not program.trades():
            time.sleep(0.1)
        try:
            program.process.wait(10 if wanted else random.uniform(0, 4))
        except subprocess.TimeoutExpired:
            program.process.kill()
            program.process.wait()
            return "any moment"
    return str(wanted)


def started(folder: Path, contender: Contender, config: dict[str, Any]) -> AbstractContextManager[Running]:
    """Start the bot on the books of this folder."""
    return running(contender, config, code=STRATEGY, database=folder / DATABASE, log=folder / "bot.log")


@contextmanager
def faulty_exchange(folder: Path, speed: float, dialect: Sequence[str]) -> Iterator[str]:
    """Run the exchange in a storm; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.exchange_server", "--port", str(port), "--speed", str(speed)]
    command += ["--faults", "storm", "--pieces", "3", "--liquidity", "0.5", *dialect]
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


def differences(ledger: dict[str, Any], database: Path) -> list[str]:
    """Return what of the exchange's ledger and the bot's database does not agree."""
    with sqlite3.connect(database) as books:
        books.row_factory = sqlite3.Row
        orders = {row["order_id"]: row for row in books.execute("SELECT * FROM orders")}
        journal = {row["client_order_id"]: row for row in books.execute("SELECT * FROM appliance_journal")}
        held = books.execute("SELECT base_currency, sum(amount) FROM trades WHERE is_open GROUP BY 1")
        positions = {row[0]: row[1] for row in held}
    problems = [
        f"still not settled: {key} ({row['state']})"
        for key, row in journal.items()
        if row["state"] in ("UNKNOWN", "INTENT")
    ]
    seen = {str(order["id"]): order for order in ledger["orders"]}
    paid: Counter[str] = Counter()
    for fill in ledger["fills"]:
        if fill["symbol"].startswith(fill["commission_asset"]):
            paid[str(fill["order_id"])] += float(fill["commission"])
    for number, order in seen.items():
        problems += compared(number, order, orders, journal, paid)
    problems += [
        f"in the database alone: {number}"
        for number in orders
        if number not in seen and not number.startswith("appl")
    ]
    prices = {order["pair"].split("/")[0]: float(order["price"]) for order in ledger["orders"]}
    for asset, balance in ledger["balances"].items():
        there, booked = float(balance["free"]) + float(balance["locked"]), positions.get(asset, 0.0)
        if asset in ("USDT", "BNB"):
            continue
        if there < booked * (1 - LEAST_RATIO) or (there - booked) * prices.get(asset, 0.0) > LEFT_OVER:
            problems.append(f"{asset}: {there} on the exchange, {booked} in open trades")
    return problems


def compared(
    number: str,
    order: dict[str, Any],
    orders: dict[str, Any],
    journal: dict[str, Any],
    paid: dict[str, float],
) -> list[str]:
    """Return what one of the exchange's orders and the database do not agree on; `paid` in base currency."""
    if order["client_id"] not in journal:
        return [f"on the exchange alone: {number} {order['side']} {order['pair']}"]
    executed = float(order["executed"])
    known = orders.get(number)
    if known is None:
        return [f"filled {executed} and not in the database: {number}"] if executed else []
    problems = []
    if abs((known["filled"] or 0.0) - executed) > 1e-9:
        problems.append(f"{number}: filled {executed} on the exchange, {known['filled']} in the database")
    quote = float(order["quote_executed"])
    if executed and abs(known["cost"] - quote) > 1e-6:
        problems.append(f"{number}: cost {quote} on the exchange, {known['cost']} in the database")
    if executed and abs((known["average"] or 0.0) * executed - quote) > 1e-5:
        problems.append(f"{number}: average {quote / executed} there, {known['average']} in the database")
    if known["ft_fee_base"] and abs(known["ft_fee_base"] - paid.get(number, 0.0)) > 1e-9:
        problems.append(f"{number}: fee {paid.get(number)} there, {known['ft_fee_base']} in the database")
    return problems


if __name__ == "__main__":
    main()
