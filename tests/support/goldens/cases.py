"""The cases whose trades freqtrade has shown: strategy, configuration, arguments, and what came of it."""

import json
from collections.abc import Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import msgspec

from tests.support.goldens.candles import FUTURES, SPOT

DATA = Path(__file__).parents[2] / "data" / "backtest"

BASE_CONFIG = {
    "max_open_trades": 5,
    "stake_currency": "USDT",
    "stake_amount": 100,
    "tradable_balance_ratio": 0.99,
    "dry_run": True,
    "dry_run_wallet": 10000,
    "dataformat_ohlcv": "feather",
    "trading_mode": "spot",
    "unfilledtimeout": {"entry": 10, "exit": 10, "exit_timeout_count": 0, "unit": "minutes"},
    "entry_pricing": {"price_side": "same", "use_order_book": True, "order_book_top": 1},
    "exit_pricing": {"price_side": "same", "use_order_book": True, "order_book_top": 1},
    "exchange": {
        "name": "binance",
        "pair_blacklist": [],
        "pair_whitelist": [pair for pair in SPOT if pair != "GAP/USDT"],
    },
    "pairlists": [{"method": "StaticPairList"}],
}
FUTURES_CONFIG = {
    "trading_mode": "futures",
    "margin_mode": "isolated",
    "exchange": {"pair_whitelist": list(FUTURES)},
}


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A run of freqtrade. `expected` has its counters by strategy, `folder` that of the strategies."""

    name: str
    what: str
    folder: str
    strategies: list[str]
    timerange: str
    expected: dict[str, dict[str, float]]
    mode: str = "spot"
    args: list[str] = []
    config: dict[str, Any] = {}

    @property
    def arguments(self) -> list[str]:
        """The command line, without configuration and folders."""
        named = ["-s" if len(self.strategies) == 1 else "--strategy-list", *self.strategies]
        folder = str(DATA / "strategies" / self.folder)
        common = ["--strategy-path", folder, "--timerange", self.timerange, "--fee", "0.001"]
        return [*named, *common, "--cache", "none", *self.args]

    def configuration(self, ccxt_config: Mapping[str, Any]) -> dict[str, Any]:
        """Return what stands in the configuration file."""
        exchange = {"exchange": {"ccxt_config": dict(ccxt_config)}}
        futures = FUTURES_CONFIG if self.mode == "futures" else {}
        return reduce(_merged, (exchange, futures, self.config), BASE_CONFIG)

    def golden(self, strategy: str) -> str:
        """Return the name of the files with the trades of a strategy."""
        return self.name if len(self.strategies) == 1 else f"{self.name}.{strategy}"


def _read() -> Iterator[Case]:
    for listed in json.loads((DATA / "cases.json").read_text()):
        yield msgspec.convert(listed, Case, strict=False)


CASES = list(_read())


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return both, the second over the first, level by level."""
    found = dict(first)
    for key, value in second.items():
        before = found.get(key)
        found[key] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return found
