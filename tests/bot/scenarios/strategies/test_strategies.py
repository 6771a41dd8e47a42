"""Every strategy of tests/data/strategies trades on the simulated market, hours of it within seconds."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.bot.assembly import assemble
from appliance.bot.bot import Bot
from appliance.bot.state import clock as bot_clock
from appliance.config.loading import Sources, load
from appliance.domain.enums import TradingMode
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.simulated.market import SimulatedMarket
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from appliance.strategy.loading.loader import list_strategies

pytestmark = pytest.mark.slow

STRATEGIES = Path(__file__).parents[3] / "data" / "strategies"
PAIRS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT"]


class Clock:
    """The time of bot and market, which the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC)

    def ms(self) -> int:
        return int(self.now.timestamp() * 1000)


async def traded(
    folder: Path, strategies: Path, name: str, cycles: int = 80, mode: TradingMode = TradingMode.SPOT
) -> tuple[Bot, list[str]]:
    """Let a strategy trade for `cycles` minutes; return the bot, closed, and what it was warned of."""
    clock = Clock()
    values = {
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 3,
        "force_entry_enable": True,
        "entry_pricing.price_side": "other",
        "exit_pricing.price_side": "other",
        "exchange.name": "simulated",
        "trading_mode": mode.value,
        "margin_mode": "isolated" if mode is TradingMode.FUTURES else "",
        "exchange.pair_whitelist": [
            f"{pair}:USDT" if mode is TradingMode.FUTURES else pair for pair in PAIRS
        ],
        "strategy": name,
        "strategy_path": str(strategies),
        "user_data_dir": str(folder),
        "db_url": f"sqlite:///{folder}/{name}.sqlite",
    }
    loaded = await asyncio.to_thread(load, Sources((), values), environ={})
    market = SimulatedMarket(seed=3, speed=30, clock=clock.ms, mode=mode)
    bot = await assemble(
        loaded, gateway=DryRunGateway(market, fee=0.001), clock=lambda _: bot_clock.Clock(lambda: clock.now)
    )
    told: list[str] = []
    bot.events.subscribe(
        lambda message: told.append(str(message.body())) if message.type == "warning" else None
    )
    try:
        for cycle in range(cycles):
            clock.now += timedelta(minutes=1)
            await bot.run_one_cycle()
            if cycle == cycles // 2 and not bot.book.open and not bot.book.closed:
                await bot.force_enter(EntryRequest(pair=bot.whitelist[0]))
        await bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
    finally:
        await bot.close()
    return bot, told


@pytest.mark.parametrize("name", [each.name for each in list_strategies([STRATEGIES]) if each.status == "OK"])
async def test_a_strategy_loads_and_trades_without_warnings(tmp_path, name):
    bot, told = await traded(tmp_path, STRATEGIES, name)
    assert told == []
    assert {pair for pair, _ in bot.frames} == set(PAIRS)
    assert bot.book.closed
    assert bot.book.open == {}
