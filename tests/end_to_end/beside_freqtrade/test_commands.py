"""What scripts read of commands is the same as freqtrade prints, on the same exchange and database.

Needs freqtrade: `FREQTRADE=/path/to/freqtrade pytest tests/end_to_end/beside_freqtrade/test_commands.py`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange_server.app import ccxt_urls
from tests.support.running import free_port
from tests.support.stored_trades import write_dump

FREQTRADE = os.environ.get("FREQTRADE")
pytestmark = pytest.mark.skipif(not FREQTRADE, reason="name freqtrade's executable in FREQTRADE")

ROOT = Path(__file__).parents[3]
SPOT = ("-c", "spot.json")
FUTURES = ("-c", "futures.json")
KNOWN_TIERS = ("--base", "BTC", "ETH", "SOL", "XRP")
COMMANDS = [
    ("list-timeframes", "--exchange", "kraken"),
    ("list-timeframes", *FUTURES, "-1"),
    *(("list-pairs", *SPOT, *form) for form in (("-1",), ("--print-json",), ("--print-csv",))),
    *(("list-markets", *SPOT, *form) for form in (("-1",), ("--print-json",), ("--print-csv",))),
    ("list-markets", *SPOT, "--all", "--print-json", "--base", "BTC", "ETH", "--quote", "USDT"),
    ("list-pairs", *SPOT, "--trading-mode", "futures", "-1"),
    ("list-pairs", *FUTURES, "--print-csv", *KNOWN_TIERS),
    ("list-pairs", "--exchange", "no-such-exchange"),
    *(("test-pairlist", *SPOT, *form) for form in ((), ("-1",), ("--print-json",))),
    ("test-pairlist", *SPOT, "--quote", "BTC", "USDT", "--print-json"),
    ("show-trades", "--db-url", "sqlite:///trades.sqlite", "--print-json"),
    ("show-trades", "--db-url", "sqlite:///trades.sqlite", "--print-json", "--trade-ids", "3", "1"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Make a folder with configurations and a database, beside an exchange that runs."""
    folder, port = tmp_path_factory.mktemp("beside"), free_port()
    (folder / "user_data").mkdir()
    write_dump(folder / "trades.sqlite")
    for mode in ("spot", "futures"):
        (folder / f"{mode}.json").write_text(json.dumps(configuration(port, mode)))
    command = [sys.executable, "-m", "tests.exchange_server", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        yield folder
        server.kill()


def configuration(port: int, mode: str) -> dict:
    options = {
        "enableRateLimit": False,
        "urls": ccxt_urls(f"http://127.0.0.1:{port}"),
        "options": {"fetchMarkets": {"types": ["spot", "linear"] if mode == "spot" else ["linear"]}},
    }
    exchange = {"name": "binance", "key": "", "secret": "", "enable_ws": False, "pair_whitelist": []}
    exchange |= {"ccxt_config": options, "ccxt_async_config": options}
    lists = [{"method": "VolumePairList", "number_assets": 9}, {"method": "PriceFilter", "max_price": 900}]
    config = {"dry_run": True, "stake_currency": "USDT", "stake_amount": 100, "max_open_trades": 3}
    config |= {"exchange": exchange, "pairlists": lists, "timeframe": "5m"}
    config |= {"entry_pricing": {"price_side": "other"}, "exit_pricing": {"price_side": "other"}}
    return config | ({"trading_mode": mode, "margin_mode": "isolated"} if mode == "futures" else {})


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_both_print_the_same(folder: Path, arguments: tuple[str, ...]) -> None:
    programs = ((sys.executable, "-m", "appliance"), (str(FREQTRADE),))
    ours, theirs = (
        subprocess.run(
            [*program, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        for program in programs
    )
    assert ours.returncode == theirs.returncode, (ours.stderr, theirs.stderr)
    assert ours.stdout.splitlines() == theirs.stdout.splitlines()
