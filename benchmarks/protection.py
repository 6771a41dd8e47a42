"""How soon is a stop carried out? Lets prices of open live trades fall past their stops, one by one.

python -m benchmarks.protection --trades 50 100 200 --freqtrade /path/to/freqtrade --freqtrade-trades 50 100

Each bot trades live against a Binance-like server on loopback, whose answers take `--latency` ms, with ccxt's
own throttle on. All stops are the bot's. Measured is the time from the moment at which a price falls until
the exchange has the order to sell; meanwhile, how long `status` takes, and what requests weigh in a minute.
"""

import http.client
import json
import random
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.busy import token
from benchmarks.contenders import (
    Contender,
    Running,
    arguments,
    binance_config,
    contenders,
    exchange,
    free_port,
    percentile,
    row,
    running,
    simulated_pairs,
)

KEY, SECRET = "test-key", "test-secret"
FALL = 0.7
STRATEGY = """
from freqtrade.strategy import IStrategy


class Benchmarked(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 10}
    stoploss = -0.2
    startup_candle_count = 30
    process_only_new_candles = True
    order_types = {
        "entry": "market",
        "exit": "market",
        "force_entry": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, df, metadata):
        df["mean"] = df["close"].rolling(20).mean()
        return df

    def populate_entry_trend(self, df, metadata):
        df["enter_long"] = 0
        return df

    def populate_exit_trend(self, df, metadata):
        df["exit_long"] = 0
        return df
"""


class Market:
    """The server from behind the scenes."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/{path}", data=data)) as answer:
            return json.load(answer)

    def let_fall(self, symbol: str) -> int:
        """Let a price fall past every stop; return when that was, by the server's clock in ms."""
        return int(self.ask("__shock", {"symbols": [symbol], "factor": FALL})["now"])

    def sold_at(self) -> dict[str, int]:
        """Return when each symbol's first order to sell came in, in ms."""
        found: dict[str, int] = {}
        for order in self.ask("__ledger")["orders"]:
            if order["side"] == "SELL":
                found.setdefault(order["pair"].replace("/", ""), int(order["time"]))
        return found


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--trades", type=int, nargs="+", default=[50, 100, 200])
    parser.add_argument("--freqtrade-trades", type=int, nargs="+", default=[50, 100])
    parser.add_argument("--latency", type=float, default=20.0, help="ms an answer takes besides")
    parser.add_argument("--stops", type=int, default=25, help="how many prices fall")
    parser.add_argument("--seconds", type=float, default=60.0, help="within how long they do")
    given = parser.parse_args()
    print(f"{given.latency:g} ms latency; {given.stops} prices fall within {given.seconds:g} s")
    for bot in contenders(given):
        for count in given.freqtrade_trades if bot.name == "freqtrade" else given.trades:
            measure(bot, count, given.latency, given.stops, given.seconds)


def measure(bot: Contender, count: int, latency: float, stops: int, seconds: float) -> None:
    options = ("--latency-ms", str(latency), "--more-pairs", str(max(count - 60, 0)))
    options += ("--weight-limit", "1000000", "--balance", "USDT=1000000")
    with exchange(*options) as url:
        market, pairs = Market(url), simulated_pairs(url, count)
        config = binance_config(url, free_port(), pairs, dry_run=False, max_open_trades=count)
        config["exchange"] |= {"key": KEY, "secret": SECRET}
        for options_of_ccxt in (config["exchange"]["ccxt_config"], config["exchange"]["ccxt_async_config"]):
            options_of_ccxt["enableRateLimit"] = True
        with running(bot, config, code=STRATEGY) as program:
            program.until_trading()
            open_all(program, pairs)
            time.sleep(10)
            figures = fall(program, market, random.Random(1).sample(pairs, stops), seconds)
    row(bot.name, {"trades": str(count)} | figures)


def open_all(program: Running, pairs: list[str]) -> None:
    def enter(pair: str) -> None:
        try:
            program.call("forceenter", {"pair": pair, "side": "long"})
        except OSError as error:
            print(f"{pair}: {error}", flush=True)

    with ThreadPoolExecutor(4) as together:
        list(together.map(enter, pairs))
    end = time.monotonic() + 120
    while (found := program.call("count")["current"]) < len(pairs) and time.monotonic() < end:
        time.sleep(0.5)
    if found < len(pairs):
        raise SystemExit(f"only {found} of {len(pairs)} trades are open:\n{program.log.read_text()[-3000:]}")


def fall(program: Running, market: Market, pairs: list[str], seconds: float) -> dict[str, str]:
    """Let the prices of `pairs` fall, one after the other at random moments; return what was measured."""
    moments = sorted(random.Random(2).uniform(0, seconds) for _ in pairs)
    fell: dict[str, int] = {}
    status, ended = [], threading.Event()
    asking = threading.Thread(target=ask_status, args=(program, status, ended))
    asking.start()
    began, weighed = time.monotonic(), market.ask("__weight")["weight"]
    cpu = program.cpu_seconds()
    for pair, moment in zip(pairs, moments, strict=True):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        symbol = pair.replace("/", "")
        fell[symbol] = market.let_fall(symbol)
    time.sleep(max(0.0, began + seconds - time.monotonic()))
    minutes = (time.monotonic() - began) / 60
    weight = (market.ask("__weight")["weight"] - weighed) / minutes
    used = (program.cpu_seconds() - cpu) / minutes
    ended.set()
    asking.join()
    delays = until_sold(market, fell)
    return {
        "median": f"{percentile(delays, 0.5):.2f} s",
        "max": f"{max(delays):.2f} s",
        "status p99": f"{percentile(status, 0.99) * 1000:.1f} ms",
        "weight/min": f"{weight:.0f}",
        "CPU": f"{used:.1f} s/min",
        "memory": f"{program.memory_mb():.0f} MB",
    }


def until_sold(market: Market, fell: dict[str, int], patience: float = 120.0) -> list[float]:
    """Wait until all are sold; return how long after its fall each order came, in seconds."""
    end = time.monotonic() + patience
    while fell.keys() - (sold := market.sold_at()).keys():
        if time.monotonic() > end:
            raise SystemExit(f"not sold: {fell.keys() - sold.keys()}")
        time.sleep(0.5)
    return [(sold[symbol] - when) / 1000 for symbol, when in fell.items()]


def ask_status(program: Running, found: list[float], ended: threading.Event) -> None:
    """Ask for `status` every 100 ms over one kept connection; note how long it took, in seconds."""
    connection = http.client.HTTPConnection(program.url.removeprefix("http://"), timeout=60)
    headers = {"Authorization": "Bearer " + token(program)}
    while not ended.is_set():
        began = time.monotonic()
        connection.request("GET", "/api/v1/status", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        found.append(time.monotonic() - began)
        time.sleep(max(0.1 - (time.monotonic() - began), 0))


if __name__ == "__main__":
    main()
