"""Start the bots to compare, ours and freqtrade where it is installed, on one exchange on loopback."""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

USER, PASSWORD = "trader", "benchmarks-only-password"

STRATEGY = """
import talib.abstract as ta
from freqtrade.strategy import IStrategy
from freqtrade.vendor.qtpylib import indicators as qtpylib


class Benchmarked(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "{timeframe}"
    minimal_roi = {{"0": 10}}
    stoploss = -0.9
    startup_candle_count = 200
    process_only_new_candles = {only_new}

    def populate_indicators(self, df, metadata):
        df["adx"] = ta.ADX(df)
        df["rsi"] = ta.RSI(df)
        stoch = ta.STOCHF(df)
        df["fastd"], df["fastk"] = stoch["fastd"], stoch["fastk"]
        macd = ta.MACD(df)
        df["macd"], df["macdsignal"], df["macdhist"] = macd["macd"], macd["macdsignal"], macd["macdhist"]
        df["mfi"] = ta.MFI(df)
        df["cci"] = ta.CCI(df)
        df["atr"] = ta.ATR(df)
        df["ema"] = ta.EMA(df, timeperiod=50)
        bands = qtpylib.bollinger_bands(qtpylib.typical_price(df), window=20, stds=2)
        df["lower"], df["middle"], df["upper"] = bands["lower"], bands["mid"], bands["upper"]
        df["sar"] = ta.SAR(df)
        df["tema"] = ta.TEMA(df, timeperiod=9)
        sine = ta.HT_SINE(df)
        df["sine"], df["leadsine"] = sine["sine"], sine["leadsine"]
        return df

    def populate_entry_trend(self, df, metadata):
        df["enter_long"] = 0
        return df

    def populate_exit_trend(self, df, metadata):
        df["exit_long"] = 0
        return df
"""


@dataclass
class Contender:
    """A bot to measure: its name, and the command that starts it."""

    name: str
    command: list[str]


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return a parser that knows which bots to measure."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--appliance", type=os.path.abspath, help="the built file; default: this checkout")
    parser.add_argument(
        "--freqtrade", type=os.path.abspath, default=shutil.which("freqtrade"), help="freqtrade's executable"
    )
    return parser


def contenders(given: argparse.Namespace) -> list[Contender]:
    """Return the bots that there are to measure; says so where freqtrade is missing."""
    own = [given.appliance] if given.appliance else [sys.executable, "-m", "appliance"]
    found = [Contender("appliance", own)]
    if given.freqtrade:
        found.append(Contender("freqtrade", [given.freqtrade]))
    else:
        print("freqtrade is not installed: measuring appliance alone (name it by --freqtrade)")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def exchange(*options: str) -> Iterator[str]:
    """Run the Binance-like test server, with `options` of its command line; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.exchange_server", "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until_answered(f"{url}/api/v3/ping")
        yield url
    finally:
        process.kill()
        process.wait()


def binance_config(url: str, port: int, pairs: Sequence[str], **changes: Any) -> dict[str, Any]:
    """Return a configuration that both bots take, for Binance at `url`."""
    urls = {"api": {"public": f"{url}/api/v3", "private": f"{url}/api/v3", "sapi": f"{url}/sapi/v1"}}
    options = {
        "enableRateLimit": False,
        "urls": urls,
        "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
    }
    return {
        "dry_run": True,
        "dry_run_wallet": 10_000,
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 20,
        "initial_state": "running",
        "force_entry_enable": True,
        "entry_pricing": {"price_side": "other", "use_order_book": True, "order_book_top": 1},
        "exit_pricing": {"price_side": "other", "use_order_book": True, "order_book_top": 1},
        "unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"},
        "exchange": {
            "name": "binance",
            "key": "",
            "secret": "",
            "enable_ws": False,
            "ccxt_config": options,
            "ccxt_async_config": options,
            "pair_whitelist": list(pairs),
            "pair_blacklist": [],
        },
        "pairlists": [{"method": "StaticPairList"}],
        "internals": {"process_throttle_secs": 5},
        "api_server": {
            "enabled": True,
            "listen_ip_address": "127.0.0.1",
            "listen_port": port,
            "verbosity": "error",
            "username": USER,
            "password": PASSWORD,
            "jwt_secret_key": "benchmarks-only-0123456789-0123456789",
            "ws_token": "benchmarks-only-token",
            "CORS_origins": [],
        },
    } | changes


@dataclass
class Running:
    """A bot that runs: its address and its process."""

    url: str
    process: subprocess.Popen[bytes]
    started: float
    log: Path

    def call(self, path: str, body: Any = None) -> Any:
        """Ask the API, with the password."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def until_trading(self, patience: float = 180) -> None:
        """Wait until the bot has finished a cycle."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.trades():
                return
            time.sleep(0.2)
        raise SystemExit(f"the bot did not begin to trade:\n{self.log.read_text()[-3000:]}")

    def trades(self) -> bool:
        """Tell whether the bot has finished a cycle."""
        try:
            return bool(self.call("health").get("last_process_ts"))
        except (OSError, ValueError):
            return False

    def memory_mb(self) -> float:
        """Return the resident memory in MB (10^6 bytes)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return (
            next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) * 1.024e-3
        )

    def cpu_seconds(self) -> float:
        """Return the processor time used so far, in seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    contender: Contender,
    config: dict[str, Any],
    *,
    timeframe: str = "5m",
    only_new: bool = True,
    code: str | None = None,
    database: Path | None = None,
    log: Path | None = None,
) -> Iterator[Running]:
    """Run a bot with `config` and the benchmarks' strategy in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "user_data" / "strategies").mkdir(parents=True)
        strategy = code or STRATEGY.format(timeframe=timeframe, only_new=only_new)
        (folder / "user_data" / "strategies" / "benchmarked.py").write_text(strategy)
        (folder / "config.json").write_text(json.dumps(config))
        command = [*contender.command, "trade", "-c", "config.json", "--strategy", "Benchmarked"]
        command += ["--userdir", "user_data", "--db-url", f"sqlite:///{database or folder / 'trades.sqlite'}"]
        log = log or folder / "log.txt"
        with log.open("ab") as output:
            process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        port = config["api_server"]["listen_port"]
        try:
            yield Running(f"http://127.0.0.1:{port}", process, time.monotonic(), log)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def until_answered(url: str, patience: float = 60) -> float:
    """Ask `url` until it answers 200; return the seconds that took."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return time.monotonic() - began
        except OSError:
            time.sleep(0.005)
    raise SystemExit(f"{url} did not answer within {patience:g} s")


def simulated_pairs(url: str, count: int) -> list[str]:
    """Return the first `count` pairs against USDT that the test server lists."""
    with urllib.request.urlopen(f"{url}/api/v3/exchangeInfo") as answer:
        symbols = json.load(answer)["symbols"]
    return [f"{symbol['baseAsset']}/USDT" for symbol in symbols if symbol["quoteAsset"] == "USDT"][:count]


def row(name: str, figures: dict[str, str]) -> None:
    """Print one line of figures."""
    print(f"{name:<12}" + "  ".join(f"{key} {value:>9}" for key, value in figures.items()), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
