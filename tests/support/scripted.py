"""A market whose prices the test sets, and a bot on it: real strategy, database and matching."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from appliance.bot.assembly import assemble
from appliance.bot.bot import Bot
from appliance.bot.state.clock import Clock
from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.errors import PairNotFound, TemporaryExchangeError
from appliance.domain.market import BidAsk, Market, OrderBook, Ticker
from appliance.domain.message import Message
from appliance.domain.timeframe import milliseconds, to_ms
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.rules.trade_requests import EntryRequest

PAIRS = ("ETH/USDT", "BTC/USDT", "SOL/USDT")


class ScriptedMarket:
    """Answer prices that the test sets; candles are flat at the price of now."""

    name = "scripted"
    timeframes = ("1m", "5m", "1h")
    candle_limit = 100
    candle_streams = None
    trade_history = None
    keeps_candles = True

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.prices = dict.fromkeys(PAIRS, 100.0)
        self.depth = 1e6
        self.down = False
        self.silent_for = 0.0
        self.markets_down = False
        self.reloads = 0
        self.markets: Mapping[str, Market] = {
            pair: Market(
                pair=pair,
                base=pair.split("/")[0],
                quote="USDT",
                amount_precision=0.0001,
                price_precision=0.01,
                cost_min=5.0,
            )
            for pair in PAIRS
        }

    def now_ms(self) -> int:
        return to_ms(self.now)

    def wait(self, **duration: float) -> None:
        """Let time pass."""
        self.now += timedelta(**duration)

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def load_markets(self, *, reload: bool = False) -> Mapping[str, Market]:
        self._check_up()
        if self.markets_down:
            raise TemporaryExchangeError("the markets cannot be read")
        self.reloads += reload
        return self.markets

    async def fetch_ticker(self, pair: str) -> Ticker:
        price = self._price(pair)
        return Ticker(pair=pair, bid=price, ask=price, last=price, timestamp=self.now_ms())

    async def fetch_tickers(self, pairs: Sequence[str] | None = None) -> Mapping[str, Ticker]:
        return {pair: await self.fetch_ticker(pair) for pair in pairs or PAIRS}

    async def fetch_order_book(self, pair: str, depth: int) -> OrderBook:
        price = self._price(pair)
        levels = [(price, self.depth)] * depth
        return OrderBook(pair=pair, bids=levels, asks=levels, timestamp=self.now_ms())

    async def fetch_bids_asks(self, pairs: Sequence[str]) -> Mapping[str, BidAsk]:
        return {pair: BidAsk(self._price(pair), self._price(pair)) for pair in pairs if pair in self.prices}

    async def fetch_candles(
        self, pair: str, timeframe: str, *, since_ms: int | None = None, limit: int | None = None
    ) -> np.ndarray:
        price = self._price(pair)
        length = milliseconds(timeframe)
        last = self.now_ms() // length * length
        first = since_ms if since_ms is not None else last - (limit or self.candle_limit) * length + length
        opens = np.arange(first, last + 1, length, dtype=float)
        rest = np.full((len(opens), 5), price)
        return np.column_stack([opens, rest])

    def _price(self, pair: str) -> float:
        self._check_up()
        if pair not in self.prices:
            raise PairNotFound(pair)
        return self.prices[pair]

    def _check_up(self) -> None:
        if self.down:
            raise TemporaryExchangeError("the connection was refused")


class Scene:
    """A bot on a scripted market, run step by step."""

    def __init__(self, bot: Bot, market: ScriptedMarket, gateway: DryRunGateway) -> None:
        self.bot = bot
        self.market = market
        self.gateway = gateway
        self.messages: list[dict[str, Any]] = []
        bot.events.subscribe(self._hear)

    async def cycle(self, **prices: float) -> None:
        """Set prices by base currency, let five seconds pass, and let the bot do one cycle."""
        for base, price in prices.items():
            self.market.prices[f"{base}/USDT"] = price
        self.market.wait(seconds=5)
        await self.bot.run_one_cycle()

    async def enter(self, pair: str = "ETH/USDT", **options: Any) -> Any:
        return await self.bot.force_enter(EntryRequest(pair=pair, **options))

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    def _hear(self, message: Message) -> None:
        self.messages.append(message.body())


QUIET = """
from freqtrade.strategy import IStrategy


class Quiet(IStrategy):
    timeframe = "5m"
    minimal_roi = {"0": 10}
    stoploss = -0.1
    startup_candle_count = 10
    order_types = {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": False}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""


def settings(
    folder: Path, *, strategy: str = "Quiet", code: str = QUIET, files: Sequence[str] = (), **changes: Any
) -> LoadedSettings:
    """Settings for the scripted market, with a strategy of this code; what `files` say can be reloaded."""
    (folder / "strategies").mkdir(exist_ok=True)
    (folder / "strategies" / f"{strategy.lower()}.py").write_text(code)
    values = {
        "dry_run_wallet": 1000,
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 2,
        "tradable_balance_ratio": 1.0,
        "fee": 0.001,
        "force_entry_enable": True,
        "exchange.name": "simulated",
        "exchange.pair_whitelist": list(PAIRS),
        "strategy": strategy,
        "user_data_dir": str(folder),
        "db_url": f"sqlite:///{folder}/trades.sqlite",
        "unfilledtimeout.entry": 10,
        "unfilledtimeout.exit": 10,
        "unfilledtimeout.unit": "minutes",
    }
    given = {name: value for name, value in (values | changes).items() if value is not None}
    return load(Sources(tuple(files), given), environ={})


@asynccontextmanager
async def scene(
    folder: Path,
    *,
    market: ScriptedMarket | None = None,
    gateway: Callable[..., DryRunGateway] = DryRunGateway,
    partial_fills: bool = False,
    **changes: Any,
) -> AsyncIterator[Scene]:
    """Put a bot together on a scripted market; it trades when the test says `cycle`."""
    loaded = await asyncio.to_thread(settings, folder, **changes)
    market = market or ScriptedMarket(datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))
    opened = gateway(market, fee=loaded.settings.fee, partial_fills=partial_fills)
    bot = await assemble(
        loaded, gateway=opened, clock=lambda _: Clock(lambda: market.now, lambda: market.now.timestamp())
    )
    try:
        yield Scene(bot, market, opened)
    finally:
        await bot.close()
