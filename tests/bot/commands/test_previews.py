"""What is told of forced trades before they are made, with shorts, leverage and what is added."""

from pathlib import Path

import pytest

from appliance.rules.trade_requests import EntryRequest
from tests.bot.scenarios.trading.test_futures import PAIR, at, futures_scene
from tests.support.scripted import scene


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("leverage", [1.0, 3.0])
async def test_a_position_with_leverage_costs_and_risks_what_is_told(
    tmp_path: Path, side: str, leverage: float
) -> None:
    async with futures_scene(tmp_path) as stage:
        request = EntryRequest(pair=PAIR, side=side, leverage=leverage)
        shown = await stage.bot.preview_entry(request)
        assert shown.plan is not None
        assert shown.refusal == ""
        assert shown.cost == pytest.approx(100, abs=0.1)
        assert shown.worth == pytest.approx(100 * leverage, abs=0.1)
        trade = await stage.bot.force_enter(request)
        await at(stage, 100.0)
        assert trade.amount == pytest.approx(shown.plan.amount)
        assert trade.stop_loss == shown.stop
        await at(stage, shown.stop)
        await at(stage, shown.stop)
        [closed] = stage.bot.book.closed
        assert closed.close_profit_abs == pytest.approx(shown.loss, rel=0.01)
        assert shown.loss == pytest.approx(-10, rel=0.1)


async def test_more_leverage_than_the_exchange_gives_is_said(tmp_path: Path) -> None:
    async with futures_scene(tmp_path) as stage:
        shown = await stage.bot.preview_entry(EntryRequest(pair=PAIR, leverage=1000.0))
        assert shown.plan is not None
        assert shown.plan.leverage == shown.plan.largest_leverage < 1000
        assert any("by the limits of the exchange" in text for text in shown.warnings)


async def test_what_is_added_has_side_and_leverage_of_the_trade(tmp_path: Path) -> None:
    async with futures_scene(tmp_path, position_adjustment_enable=True) as stage:
        trade = await stage.bot.force_enter(EntryRequest(pair=PAIR, leverage=2.0))
        await at(stage, 100.0)
        shown = await stage.bot.preview_entry(EntryRequest(pair=PAIR, side="short", leverage=5.0))
        assert shown.plan is not None
        assert (shown.adds_to, shown.plan.side, shown.plan.leverage) == (trade.id, "long", 2.0)
        assert "It is added to trade 1, which is long." in shown.warnings
        assert shown.stop == trade.stop_loss
        assert shown.refusal == ""


async def test_typing_does_not_ask_the_exchange_again_and_again(tmp_path: Path, monkeypatch) -> None:
    async with scene(tmp_path) as stage:
        asked = []
        fetch = stage.market.fetch_order_book

        async def counted(pair: str, depth: int):
            asked.append(pair)
            return await fetch(pair, depth)

        monkeypatch.setattr(stage.market, "fetch_order_book", counted)
        for stake in (10.0, 20.0, 30.0):
            assert (await stage.bot.preview_entry(EntryRequest(pair="ETH/USDT", stake=stake))).plan
        assert len(asked) == 1


async def test_without_money_it_says_so(tmp_path: Path) -> None:
    async with scene(tmp_path, dry_run_wallet=50) as stage:
        shown = await stage.bot.preview_entry(EntryRequest(pair="ETH/USDT"))
        assert shown.plan is None
        assert shown.refusal == "only 50 available, less than the stake of 100"
