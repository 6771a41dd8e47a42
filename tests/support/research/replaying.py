"""Let a bot trade on the replayed exchange, as fast as it can."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.bot.assembly import assemble
from appliance.bot.bot import Bot
from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain import timeframe as timeframes
from appliance.domain.enums import TradingMode
from appliance.exchange.simulated.market import SimulatedMarket
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey, CandleType
from appliance.research.replayed.opening import open_replayed

if TYPE_CHECKING:
    from appliance.research.data.candles import Candles

STRATEGIES = Path(__file__).parents[2] / "data" / "replay"
PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT")
FIRST = datetime(2026, 1, 5, 6, tzinfo=UTC)
BEGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)
END = datetime(2026, 1, 5, 13, tzinfo=UTC)
"""The candles go from `FIRST` until two hours after `END`."""


def store_candles(
    folder: Path, *, pairs: tuple[str, ...] = PAIRS, hours: int = 9, mode: TradingMode = TradingMode.SPOT
) -> None:
    """Store candles of the simulated market, which moves fast, as a download would."""
    files = CandleFiles(folder / "user_data" / "data" / "simulated", "feather")
    for key, candles in asyncio.run(_candles(pairs, hours, mode)).items():
        files.save(key, candles)


async def _candles(pairs: tuple[str, ...], hours: int, mode: TradingMode) -> "dict[CandleKey, Candles]":
    begin = timeframes.to_ms(FIRST)
    market = SimulatedMarket(seed=11, speed=3, clock=lambda: begin + hours * 3_600_000, mode=mode)
    kind: CandleType = "futures" if mode is TradingMode.FUTURES else "spot"
    found = {}
    for key in (CandleKey(pair, timeframe, kind) for pair in pairs for timeframe in ("1m", "5m")):
        count = hours * 3600 // timeframes.seconds(key.timeframe)
        candles = await market.fetch_candles(key.pair, key.timeframe, since_ms=begin, limit=count)
        found[key] = candles[:count]
    for pair in pairs if market.futures is not None else ():
        marks = await market.futures.fetch_mark_candles(pair, "1h", since_ms=begin)
        rates = await market.futures.fetch_funding_rates(pair, begin)
        found[CandleKey(pair, "1h", "mark")] = marks
        found[CandleKey(pair, "1h", "funding_rate")] = np.array(
            [(rate.timestamp, rate.rate) for rate in rates]
        )
    await market.close()
    return found


def configuration(folder: Path, **changes: Any) -> dict[str, Any]:
    """Return a configuration for an hour of the market; `changes` by dotted key."""
    return {
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 3,
        "dry_run_wallet": 1000,
        "fee": 0.001,
        "force_entry_enable": True,
        "entry_pricing.price_side": "same",
        "exit_pricing.price_side": "same",
        "exchange.name": "replayed",
        "exchange.replayed.exchange": "simulated",
        "exchange.replayed.start": BEGIN.isoformat(),
        "exchange.replayed.end": END.isoformat(),
        "exchange.pair_whitelist": list(PAIRS),
        "internals.process_throttle_secs": 0.05,
        "strategy": "Often",
        "strategy_path": str(STRATEGIES),
        "user_data_dir": str(folder / "user_data"),
        "db_url": f"sqlite:///{folder}/trades.sqlite",
        **changes,
    }


async def loaded_of(folder: Path, **changes: Any) -> LoadedSettings:
    sources = Sources((), configuration(folder, **changes))
    return await asyncio.to_thread(load, sources, environ={})


@asynccontextmanager
async def replaying(loaded: LoadedSettings) -> AsyncIterator[Bot]:
    """Assemble a bot on the replayed exchange; its time waits for nothing but the bot."""
    market = await open_replayed(loaded)
    market.time.speed = 1e9
    bot = await assemble(loaded, **market.as_given)
    try:
        yield bot
    finally:
        await bot.close()


async def trade_until(bot: Bot, moment: datetime | None = None) -> None:
    """Run cycle after cycle until the market has reached a moment, or has ended."""
    assert bot.steps is not None
    quiet = asyncio.Event()
    while not bot.steps.ended.is_set() and (moment is None or bot.now() < moment):
        await bot.run_one_cycle()
        await bot.steps.next(quiet)


def copied(stored: Path, folder: Path) -> Path:
    """Return a folder of one's own with the stored candles."""
    shutil.copytree(stored, folder, dirs_exist_ok=True)
    return folder


def as_file(values: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration as a file has it: sections in sections, instead of dotted keys."""
    nested: dict[str, Any] = {}
    for key, value in values.items():
        *sections, last = key.split(".")
        inner = nested
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[last] = value
    return nested
