"""What fills late while the program is off, and what could not be written: the next start finds it."""

import shutil
from pathlib import Path

import pytest

from appliance.rules.trade_requests import ExitRequest
from tests.bot.live_scene import LiveScene, live_scene
from tests.bot.scenarios.recovery.test_late_fills import (
    BY_THE_BOT,
    add,
    agrees_with_the_account,
    below,
    everything_left,
    late,
    rest,
)
from tests.exchange_server.clock import BEGINNING, starting_at
from tests.exchange_server.fixture import binance_server as binance_server
from tests.exchange_server.fixture import start


async def dies(scene: LiveScene, folder: Path, copy: Path) -> None:
    """Leave the database as a power cut would; the bot that goes on does not count any more."""
    copy.mkdir()
    for file in folder.glob("trades.sqlite*"):
        shutil.copy(file, copy)


@pytest.mark.parametrize("seconds", [30, 1_000, 3 * 3600, 4 * 86_400, 40 * 86_400])
async def test_a_late_fill_survives_the_end_of_the_program(tmp_path, seconds):
    server = await start(clock=starting_at(BEGINNING))
    try:
        async with live_scene(tmp_path, server, **BY_THE_BOT) as scene:
            trade = await scene.enter()
            await add(scene)
            late(server)
            await scene.bot.interventions.cancel_open_orders(scene.bot.state, trade.id)
            await dies(scene, tmp_path, tmp_path / "remains")
        server.put_clock_ahead(seconds * 1000)
        async with live_scene(tmp_path / "remains", server, **BY_THE_BOT) as scene:
            scene.passed = seconds
            await scene.cycle()
            assert len(scene.trade.select_filled_orders("buy")) == 2
            assert scene.trade.amount == pytest.approx(scene.hold(), abs=0.0002)
            await everything_left(scene)
            await agrees_with_the_account(scene)
    finally:
        await server.close()


@pytest.mark.parametrize("off_for", [3 * 3600, 5 * 86_400], ids=["hours", "days"])
@pytest.mark.parametrize("stood_for", [3 * 3600, 5 * 86_400], ids=["hours", "days"])
async def test_so_does_that_of_an_order_which_had_stood_for_long(tmp_path, stood_for, off_for):
    """It was placed long before the newest order, and cancelled just before the program ended."""
    server = await start(clock=starting_at(BEGINNING))
    patient = {**BY_THE_BOT, "unfilledtimeout.entry": 100_000}
    try:
        async with live_scene(tmp_path, server, **patient) as scene:
            await scene.enter()
            await add(scene, price=below(scene, 0.5))
        server.put_clock_ahead(stood_for * 1000)
        async with live_scene(tmp_path, server, **patient) as scene:
            trade, addition = scene.trade, scene.orders[-1]
            assert trade.has_open_orders
            with pytest.raises(Exception, match="has an open order"):
                await scene.enter()
            late(server)
            await scene.bot.interventions.cancel_open_orders(scene.bot.state, trade.id)
            await scene.enter(stake=50.0)
            await dies(scene, tmp_path, tmp_path / "remains")
        server.put_clock_ahead(off_for * 1000)
        async with live_scene(tmp_path / "remains", server, **patient) as scene:
            await scene.cycle()
            (booked,) = [o for o in scene.trade.orders if o.order_id == str(addition.id)]
            assert booked.safe_filled == pytest.approx(float(addition.quantity))
            assert scene.trade.amount == pytest.approx(scene.hold(), abs=0.0002)
    finally:
        await server.close()


async def test_the_exit_of_a_trade_that_could_not_be_written_is_found_by_the_next_start(
    tmp_path, binance_server
):
    """The journal has the sale, the trade's row has not."""
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter()
        trade.timeframe = 2**70
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert not trade.is_open
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        await rest(scene, 1)
        assert scene.bot.book.open == {}
        assert len(scene.bot.book.closed) == 1
        await agrees_with_the_account(scene)


async def test_a_late_fill_of_a_trade_that_is_not_in_the_database_is_booked_on_what_is_known_of_it(
    tmp_path, binance_server
):
    async with live_scene(tmp_path, binance_server, **BY_THE_BOT) as scene:
        trade = await scene.enter()
        await add(scene)
        trade.timeframe = 2**70
        late(binance_server)
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
        assert not trade.is_open
        await rest(scene)
        assert scene.trade is trade
        assert trade.amount == pytest.approx(scene.hold(), abs=0.0002)
        assert len(trade.orders) == 3
        await everything_left(scene)
        await agrees_with_the_account(scene)
