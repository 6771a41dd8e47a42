"""How fast are answers of a trading bot while it backtests for a client? Asks `count` every 20 ms.

python -m benchmarks.research --seconds 20

First quiet, then during backtests over a year of 5m candles, one after the other, whose progress and results
are asked for as FreqUI does. The bot trades on the simulated market meanwhile.
"""

import http.client
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.backtest_strategies import INDICATORS
from benchmarks.busy import token
from benchmarks.contenders import (
    PASSWORD,
    USER,
    Running,
    arguments,
    contenders,
    free_port,
    percentile,
    row,
    running,
)
from benchmarks.load import make

PERIOD, POLLED = 0.02, 1.0
GOAL_MS = 10.0
PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "ADA/USDT")
REQUEST = {"strategy": "Benchmarked", "enable_protections": False, "backtest_cache": "none"}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of each of the two measurements")
    given = parser.parse_args()
    ours = contenders(given)[0]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        make(Path(folder), "feather", list(PAIRS))
        with running(ours, config(folder), code=INDICATORS) as program:
            program.until_trading()
            client = Client(program)
            show("quiet", client.latencies(given.seconds, lambda: None))
            backtests = Backtests(client)
            found = client.latencies(given.seconds, backtests.look)
            show(f"{backtests.done} backtests", found)
            p99 = percentile(found, 0.99) * 1000
            verdict = "met" if p99 <= GOAL_MS else "missed"
            print(f"goal of a p99 of at most {GOAL_MS:g} ms during a backtest: {verdict}")


def config(folder: str) -> dict[str, Any]:
    return {
        "dry_run": True,
        "dry_run_wallet": 10_000,
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 5,
        "datadir": folder,
        "entry_pricing": {"price_side": "other"},
        "exit_pricing": {"price_side": "other"},
        "exchange": {"name": "simulated", "pair_whitelist": list(PAIRS)},
        "pairlists": [{"method": "StaticPairList"}],
        "research": {"beside_bot": True},
        "api_server": {
            "enabled": True,
            "listen_ip_address": "127.0.0.1",
            "listen_port": free_port(),
            "username": USER,
            "password": PASSWORD,
            "jwt_secret_key": "benchmarks-only-0123456789-0123456789",
        },
    }


class Client:
    """Ask over one kept connection."""

    def __init__(self, program: Running) -> None:
        host = program.url.removeprefix("http://")
        self._headers = {"Authorization": "Bearer " + token(program), "Content-Type": "application/json"}
        self._counting = http.client.HTTPConnection(host, timeout=30)
        self._other = http.client.HTTPConnection(host, timeout=30)

    def latencies(self, seconds: float, between: Callable[[], None]) -> list[float]:
        """Return how long each answer to `count` took (s); `between` is called after each."""
        end = time.monotonic() + seconds
        found = []
        while (began := time.monotonic()) < end:
            self._counting.request("GET", "/api/v1/count", headers=self._headers)
            answer = self._counting.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            found.append(time.monotonic() - began)
            between()
            time.sleep(max(PERIOD - (time.monotonic() - began), 0))
        return found

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else json.dumps(body)
        self._other.request(method, f"/api/v1{path}", content, self._headers)
        answer = self._other.getresponse()
        text = answer.read()
        assert answer.status == 200, text[:300]
        return json.loads(text)


class Backtests:
    """Keep a backtest running, and look at it once a second."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._looked = 0.0
        self.done = -1
        self._is_running = False

    def look(self) -> None:
        now = time.monotonic()
        if now - self._looked < POLLED:
            return
        self._looked = now
        if self._is_running:
            shown = self._client.ask("GET", "/backtest")
            assert shown["status"] in ("running", "ended"), shown["status_msg"]
            self._is_running = shown["running"]
        if not self._is_running:
            self.done += 1
            self._client.ask("POST", "/backtest", REQUEST)
            self._is_running = True


def show(name: str, found: list[float]) -> None:
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    row(name, {key: f"{percentile(found, share) * 1000:.1f} ms" for key, share in shares.items()})


if __name__ == "__main__":
    main()
