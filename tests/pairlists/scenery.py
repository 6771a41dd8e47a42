"""A market that the test describes, and pair lists upon it as a configuration would have them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain.enums import TradingMode
from appliance.domain.errors import PairNotFound, TemporaryExchangeError
from appliance.domain.market import Market, Ticker
from appliance.domain.timeframe import candle_open_ms, milliseconds, to_ms
from appliance.pairlists.base.pairlist import ChainRun, PairList, PairListContext
from appliance.pairlists.blacklist import Blacklist
from appliance.pairlists.chain import Chain, read_chain
from appliance.pairlists.sources.candles import CandleSource

if TYPE_CHECKING:
    from appliance.domain.closed_trades.summary import ClosedTrade

NOON = datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC)


def market(pair: str, **changes) -> Market:
    name, _, settle = pair.partition(":")
    base, quote = name.split("/")
    values = {
        "pair": pair,
        "base": base,
        "quote": quote,
        "spot": not settle,
        "swap": bool(settle),
        "price_precision": 0.01,
        "amount_precision": 0.001,
        "amount_min": 0.001,
    }
    return Market(**values | changes)


def ticker(pair: str, last: float | None = 100.0, **changes) -> Ticker:
    values = {"pair": pair, "bid": last, "ask": last, "last": last, "percentage": 0.0, "quote_volume": 1e6}
    return Ticker(**values | changes)


def candles_of(rows: Sequence[Sequence[float]], timeframe: str, newest_open_ms: int) -> np.ndarray:
    """Candles from rows of open, high, low, close, volume; the last opens at that time."""
    opens = newest_open_ms - milliseconds(timeframe) * np.arange(len(rows))[::-1]
    return np.column_stack([opens, np.array(rows, dtype=float).reshape(-1, 5)])


def flat(*closes: float, volume: float = 1.0) -> list[tuple[float, ...]]:
    return [(close, close, close, close, volume) for close in closes]


class DescribedMarket:
    """Be the gateway: answer what the test put in, and count what is asked."""

    name = "binance"
    timeframes = ("1m", "5m", "1h", "1d")
    candle_limit = 100
    candle_streams = None
    trade_history = None
    keeps_candles = True
    tells_all_tickers = True

    def __init__(self, *pairs: str) -> None:
        self.now = NOON
        self.markets: Mapping[str, Market] = {pair: market(pair) for pair in pairs}
        self.tickers = {pair: ticker(pair) for pair in pairs}
        self.rows: dict[str, list] = {}
        self.details: dict[str, dict] = {}
        self.bases_elsewhere: frozenset[str] = frozenset()
        self.down: set[str] = set()
        self.asked: list[str] = []

    def change(self, pair: str, **changes) -> None:
        self.markets = {**self.markets, pair: market(pair, **changes)}

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def now_ms(self) -> int:
        return to_ms(self.now)

    def market_details(self, pair: str) -> Mapping:
        return self.details.get(pair, {})

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]:
        self._note("markets")
        return self.markets

    async def fetch_bases(self, quote: str, mode: TradingMode) -> frozenset[str]:
        self._note(f"bases {quote} {mode.value}")
        return self.bases_elsewhere

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        self._note("tickers")
        return self.tickers

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> np.ndarray:
        self._note(f"candles {pair} {timeframe}")
        if pair not in self.markets:
            raise PairNotFound(pair)
        now = candle_open_ms(timeframe, self.now_ms())
        rows = [*self.rows.get(pair, []), (1e9, 1e9, 1e-9, 1e9, 1e9)]  # the last is not finished
        table = candles_of(rows, timeframe, now)
        return table[table[:, 0] >= (since_ms or 0)][: limit or self.candle_limit]

    def _note(self, question: str) -> None:
        self.asked.append(question)
        if question.split()[0] in self.down:
            raise TemporaryExchangeError(f"no {question} now")


class Trades:
    """What the bot has traded."""

    def __init__(self) -> None:
        self.open_count = 0
        self.max_open_trades = 3.0
        self.closed: list[ClosedTrade] = []


def context(gateway: DescribedMarket, **changes) -> PairListContext:
    values = {
        "gateway": gateway,
        "trades": Trades(),
        "now": lambda: gateway.now,
        "stake_currency": "USDT",
        "timeframe": "5m",
        "stoploss": -0.1,
        "candles": CandleSource(gateway),
        "whitelist": list(gateway.markets),
        "blacklist": Blacklist(),
    }
    return PairListContext(**values | changes)


def chain(gateway: DescribedMarket, *entries: dict, **changes) -> Chain:
    """The chain that these entries describe; StaticPairList stands before a mere filter."""
    if "Filter" in entries[0]["method"]:
        entries = ({"method": "StaticPairList"}, *entries)
    made, reading = read_chain(entries, context(gateway, **changes))
    assert made is not None, reading.faults
    return made


def link(gateway: DescribedMarket, method: str, **parameters) -> PairList:
    """The one list, to be asked directly."""
    return chain(gateway, {"method": method, **parameters}).links[-1]


def run(gateway: DescribedMarket) -> ChainRun:
    return ChainRun(now=gateway.now, markets=gateway.markets, tickers=gateway.tickers)


async def filtered(gateway: DescribedMarket, method: str, **parameters) -> list[str]:
    """What the list leaves of all pairs, each named by its base."""
    return bases(await chain(gateway, {"method": method, **parameters}).whitelist())


def bases(pairs: Sequence[str]) -> list[str]:
    return [pair.split("/")[0] for pair in pairs]


def faults(gateway: DescribedMarket, *entries, **changes) -> list[tuple[str, str]]:
    """What is wrong with entries: dotted key path and text."""
    from appliance.config.validation.values import dotted

    made, reading = read_chain(entries, context(gateway, **changes))
    assert (made is None) == bool(reading.faults)
    return [(dotted(path), text) for path, text in reading.faults]
