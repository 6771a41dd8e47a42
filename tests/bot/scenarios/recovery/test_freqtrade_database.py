"""A database that freqtrade 2026.9 left behind, with open trades and open orders, is managed on.

It was recorded from freqtrade's dry run, with what its API answered over it. BTC, XRP (added to, partly sold)
and ADA have stop orders, an exit of SOL waits at 220.02, an entry of ETH at 1000; LTC is closed.
tests/end_to_end/test_beside_freqtrade.py makes such databases anew.
"""

import gzip
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.market import Market
from appliance.rules.trade_requests import ExitRequest
from appliance.server.bot_slot import BOT_SLOT
from tests.support.comparing import assert_alike
from tests.support.scripted import QUIET, Scene, ScriptedMarket, scene
from tests.support.serving import LOGIN, served

DATA = Path(__file__).parents[3] / "data/storage"
RECORDED = "handed-over-by-freqtrade-2026.9"
ANSWERS = json.loads((DATA / f"{RECORDED}.json").read_text())
RATES = {trade["pair"]: trade["current_rate"] for trade in ANSWERS["status"]}
GUARDED = QUIET.replace('"5m"', '"1m"').replace(
    '"stoploss_on_exchange": False', '"stoploss_on_exchange": True'
)
SOON_AFTER = datetime(2026, 11, 25, 19, 6, 50, tzinfo=UTC)


def market() -> ScriptedMarket:
    """The market as it was when freqtrade was stopped."""
    standing = ScriptedMarket(SOON_AFTER)
    standing.prices = dict(RATES)
    standing.markets = {
        trade["pair"]: Market(
            pair=trade["pair"],
            base=trade["base_currency"],
            quote="USDT",
            amount_precision=trade["amount_precision"],
            price_precision=trade["price_precision"],
            cost_min=5.0,
        )
        for trade in ANSWERS["status"]
    }
    return standing


def without_the_moment(answer: Any) -> Any:
    """Leave out what follows from when it was asked: the answers were a second apart."""
    if isinstance(answer, list):
        return [without_the_moment(item) for item in answer]
    if not isinstance(answer, dict):
        return answer
    moving = ("cagr", "calmar", "bot_start", "max_rate", "min_rate", "est_stake", "starting_capital_")
    moving = (*moving, "total_bot", "value") if "currencies" in answer else moving
    kept = {k: without_the_moment(v) for k, v in answer.items() if not k.startswith(moving)}
    return {k: v for k, v in kept.items() if k != "total"} if "currencies" in answer else kept


@asynccontextmanager
async def taken_over(folder: Path, code: str = GUARDED, before: str = "") -> AsyncIterator[Scene]:
    """Open the database, changed by the SQL of `before`, with a bot that trades on."""
    packed = (DATA / f"{RECORDED}.sqlite.gz").read_bytes()
    (folder / "trades.sqlite").write_bytes(gzip.decompress(packed))
    with sqlite3.connect(folder / "trades.sqlite") as database:
        database.execute(before)
    settings = {
        "dry_run_wallet": 10_000,
        "tradable_balance_ratio": 0.99,
        "exchange.pair_whitelist": list(RATES),
        "max_open_trades": 20,
    }
    async with scene(folder, market=market(), code=code, **LOGIN, **settings) as stage:
        yield stage


def trade_of(stage: Scene, pair: str):
    return next(trade for trade in stage.bot.book.open.values() if trade.pair == pair)


@pytest.mark.parametrize("path", ["status", "trades", "profit", "balance"])
async def test_every_answer_has_the_numbers_of_freqtrade(tmp_path, path):
    async with taken_over(tmp_path) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        await stage.cycle()
        assert_alike((await api.get(f"/{path}")).body, without_the_moment(ANSWERS[path]))


async def test_open_orders_continue(tmp_path):
    async with taken_over(tmp_path) as stage:
        eth, sol, btc = (trade_of(stage, f"{base}/USDT") for base in ("ETH", "SOL", "BTC"))
        stops = [order.order_id for order in btc.open_sl_orders]
        await stage.cycle()
        assert [order.order_id for order in btc.open_sl_orders] == stops  # the same stop order stands
        await stage.cycle(SOL=221.0, ETH=999.0)
        assert (sol.is_open, sol.close_rate, sol.exit_reason) == (False, 220.02, "force_exit")
        assert (eth.amount, eth.open_rate, eth.stop_loss) == (0.1, 1000.0, 900.0)
        await stage.cycle(BTC=60_000.0)
        assert (btc.is_open, btc.exit_reason) == (False, "stoploss_on_exchange")


async def test_positions_are_added_to_and_ended(tmp_path):
    more = """
    position_adjustment_enable = True

    def adjust_trade_position(self, trade, **kwargs):
        if trade.pair == "XRP/USDT" and trade.nr_of_successful_entries == 2:
            return 50, f"after {trade.get_custom_data('fills')} fills"
"""
    async with taken_over(tmp_path, GUARDED + more) as stage:
        xrp = trade_of(stage, "XRP/USDT")
        held, realized = xrp.amount, xrp.realized_profit
        await stage.cycle()
        assert (xrp.nr_of_successful_entries, xrp.orders[-1].ft_order_tag) == (3, "after 3 fills")
        await stage.cycle()
        assert xrp.amount == pytest.approx(held + 94)
        assert xrp.select_order("stoploss", is_open=True).amount == xrp.amount
        assert xrp.realized_profit == realized
        await stage.bot.force_exit(ExitRequest(trade_id=str(xrp.id), order_type="market"))
        assert not xrp.is_open


async def test_a_position_without_the_orders_that_made_it_is_kept(tmp_path):
    """An old database, or one put right by hand, may lack them."""
    lacking = "DELETE FROM orders WHERE ft_order_side = 'buy'"
    async with taken_over(tmp_path, before=lacking) as stage:
        btc = trade_of(stage, "BTC/USDT")
        held = btc.amount
        await stage.cycle()
        await stage.bot.force_exit(ExitRequest(trade_id=str(btc.id), order_type="limit", price=90_000.0))
        await stage.bot.interventions.cancel_open_orders(stage.bot.state, btc.id)
        await stage.cycle()
        assert (trade_of(stage, "BTC/USDT").amount, btc.is_open) == (held, True)


@pytest.mark.parametrize("kind", ["limit", "stop-loss-limit", "market", "stop"])
async def test_a_stop_order_waits_for_its_price_by_whatever_name_the_exchange_calls_it(tmp_path, kind):
    """Some exchanges call stop orders "limit", and so does freqtrade: such an order must not sell at once."""
    renamed = f"UPDATE orders SET order_type = '{kind}' WHERE ft_order_side = 'stoploss'"
    async with taken_over(tmp_path, before=renamed) as stage:
        btc = trade_of(stage, "BTC/USDT")
        await stage.cycle()
        assert btc.is_open
        await stage.cycle(BTC=60_000.0)
        assert (btc.is_open, btc.exit_reason) == (False, "stoploss_on_exchange")
