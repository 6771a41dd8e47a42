"""A bot that has traded on the simulated market for a month: real strategy, orders, journal and database.

The first days are a backtest, whose trades are put into its database; the last ones it has traded itself,
cycle by cycle. Time is the test's own, so that this takes seconds, and every run shows the same.
"""

import asyncio
import logging
import random
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.bot.assembly import assemble
from appliance.bot.state.clock import Clock
from appliance.config.loading import LoadedSettings, Sources, load
from appliance.config.logs.setup import LogBuffer
from appliance.domain.enums import RunMode
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.simulated.market import SimulatedMarket
from appliance.research.backtest.plan import planned
from appliance.research.backtest.run import backtest
from appliance.research.backtest.setup import preparations
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from appliance.storage.database.database import Database
from appliance.storage.store import Store
from appliance.storage.tables import trades
from tests.support.serving import LOGIN

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

BEGINS = datetime(2026, 10, 14, 16, 2, 6, tzinfo=UTC)
TRADES_ITSELF = datetime(2026, 11, 12, 10, 2, 6, tzinfo=UTC)
ENDS = datetime(2026, 11, 13, 7, 32, 6, tzinfo=UTC)
STEP = timedelta(minutes=30)
SEED = 2
BASES = ("BTC", "ETH", "SOL", "BNB", "XRP", "SUI", "AVAX", "WIF", "ADA", "LINK", "OP", "LTC")
TESTED = [f"{base}/USDT" for base in BASES]

SETTINGS = {
    "bot_name": "swing",
    "dry_run_wallet": 5000,
    "stake_currency": "USDT",
    "stake_amount": 600,
    "tradable_balance_ratio": 1.0,
    "max_open_trades": 6,
    "fee": 0.001,
    "force_entry_enable": True,
    "exchange.name": "simulated",
    "exchange.pair_whitelist": [".*/USDT"],
    "exchange.pair_blacklist": ["(PEPE|SHIB)/USDT"],
    "pairlists": [
        {"method": "VolumePairList", "number_assets": 12, "refresh_period": 14400},
        {"method": "PriceFilter", "min_price": 0.2},
        {"method": "SpreadFilter", "max_spread_ratio": 0.005},
    ],
    "strategy": "Swing",
    "unfilledtimeout.entry": 30,
    "unfilledtimeout.exit": 30,
}


class Month:
    """The bot, and the time that it believes in."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder
        self.now = now
        self.logs = DatedLogs(self)
        self.bot: Bot

    async def pass_until(self, end: datetime) -> None:
        """Let the bot do a cycle whenever a candle has closed, and a person do something now and then."""
        chance = random.Random(3)
        while self.now + STEP <= end:
            self.now += STEP
            await self.bot.run_one_cycle()
            if chance.random() < 0.004:
                await self._meddle(chance)

    async def _meddle(self, chance: random.Random) -> None:
        opened = sorted(self.bot.book.open)
        if opened and chance.random() < 0.6:
            await self.bot.force_exit(ExitRequest(trade_id=str(chance.choice(opened))))
        elif len(opened) < 5:
            free = [pair for pair in self.bot.whitelist if pair not in self._held()]
            await self.bot.force_enter(EntryRequest(pair=chance.choice(free), tag="by hand"))

    def _held(self) -> set[str]:
        return {trade.pair for trade in self.bot.book.open.values()}


class DatedLogs(LogBuffer):
    """The server's own log buffer, dated by the market's time."""

    def __init__(self, month: Month) -> None:
        super().__init__()
        self._month = month

    def emit(self, record: logging.LogRecord) -> None:
        record.created = self._month.now.timestamp()
        super().emit(record)


def settings(folder: Path, runmode: RunMode, **changes: Any) -> LoadedSettings:
    values = {
        **SETTINGS,
        **LOGIN,
        "user_data_dir": str(folder),
        "db_url": f"sqlite:///{folder}/trades.sqlite",
    }
    return load(Sources((), values | changes), environ={}, runmode=runmode)


async def store_candles(folder: Path, market: SimulatedMarket, first: datetime) -> None:
    """Store the candles of the tested pairs, from a day before `first` on."""
    files = CandleFiles(folder / "data" / "simulated", "feather")
    for pair in TESTED:
        parts, since = [], to_ms(first - timedelta(days=2))
        while not parts or len(parts[-1]) == market.candle_limit:
            parts.append(await market.fetch_candles(pair, "30m", since_ms=since))
            since = int(parts[-1][-1, 0]) + 1
        files.save(CandleKey(pair, "30m"), np.concatenate(parts))


def tested(folder: Path, first: datetime, end: datetime) -> list[Trade]:
    """Return the trades of a backtest; those that it had to end are left out."""
    loaded = settings(
        folder,
        RunMode.BACKTEST,
        **{
            "exchange.pair_whitelist": TESTED,
            "pairlists": [{"method": "StaticPairList"}],
            "timerange": f"{int(first.timestamp())}-{int(end.timestamp())}",
            "enable_protections": True,
            "backtest_cache": "none",
        },
    )
    [prepared] = preparations(planned(loaded))
    return [trade for trade in backtest(prepared).trades if trade.exit_reason != "force_exit"]


async def put(folder: Path, before: list[Trade], first: datetime) -> None:
    """Put trades into the database of the bot, as if it had traded them."""
    database = await Database.open(f"sqlite:///{folder}/trades.sqlite")
    store = Store(database)
    try:
        async with database.transaction() as connection:
            for number, trade in enumerate(before):
                trade.id = 0
                for place, order in enumerate(trade.orders):
                    order.id, order.order_id = 0, f"dry_run_{order.ft_order_side}_{number}-{place}"
                await trades.put(connection, trade, tuple(trade.custom_data))
        await store.first_start(first)
        await store.history_began(first)
    finally:
        await store.close()


@asynccontextmanager
async def month(folder: Path, *, end: datetime = ENDS) -> AsyncIterator[Month]:
    """Give a bot that has traded for a month. What the folder had is forgotten."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "strategies").mkdir(parents=True)
    shutil.copy(Path(__file__).parent.parent / "data" / "swing.py", folder / "strategies")
    found = Month(folder, TRADES_ITSELF)
    market = SimulatedMarket(seed=SEED, clock=lambda: to_ms(found.now))
    await store_candles(folder, market, BEGINS)
    await put(folder, await asyncio.to_thread(tested, folder, BEGINS, found.now), BEGINS)
    logging.getLogger("appliance").addHandler(found.logs)
    logging.getLogger("appliance").setLevel(logging.INFO)
    loaded = await asyncio.to_thread(settings, folder, RunMode.DRY_RUN)
    clock = Clock(lambda: found.now, lambda: found.now.timestamp())
    found.bot = await assemble(loaded, gateway=DryRunGateway(market), clock=lambda _: clock)
    try:
        await found.pass_until(end)
        await found.bot.interventions.add_lock(
            "DOGE/USDT", end + timedelta(hours=9), "*", "waits for the news"
        )
        yield found
    finally:
        logging.getLogger("appliance").removeHandler(found.logs)
        await found.bot.close()
