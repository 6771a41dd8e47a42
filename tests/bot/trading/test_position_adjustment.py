"""Positions that grow and shrink: by the strategy's word, or by hand."""

import pytest

from appliance.domain.errors import Refused
from tests.support.scripted import QUIET, scene

GROWING = (
    QUIET.replace("Quiet", "Growing").replace(
        'timeframe = "5m"',
        'timeframe = "5m"\n    position_adjustment_enable = True\n    max_entry_position_adjustment = 1',
    )
    + """
    answer = None

    def adjust_trade_position(
        self, trade, current_time, current_rate, current_profit, min_stake, max_stake, **kwargs
    ):
        self.asked = (trade.pair, current_rate, round(current_profit, 4), min_stake, max_stake)
        answer, type(self).answer = self.answer, None
        return answer
"""
)
STRATEGY = {"strategy": "Growing", "code": GROWING}


def answer(stage, wanted) -> None:
    type(stage.bot.strategy).answer = wanted


async def test_the_stop_is_at_its_distance_from_the_open_rate_once_more_is_ordered(tmp_path):
    """A stop of three percent that was set lower, at 97.48, is three percent below the open rate then."""
    code = (
        GROWING.replace("position_adj", "use_custom_stoploss = True\n    position_adj", 1)
        + """
    def custom_stoploss(self, current_rate, **kwargs):
        return -0.03 if current_rate == 97.48 else None

    def custom_entry_price(self, trade, proposed_rate, **kwargs):
        return proposed_rate if trade is None else 96.0
"""
    )
    async with scene(tmp_path, strategy="Growing", code=code) as stage:
        trade = await stage.enter(price=100.0)
        await stage.cycle(ETH=97.48)
        assert trade.stop_loss == 94.56
        answer(stage, 50.0)
        await stage.cycle(ETH=97.9)
        assert (trade.has_open_orders, trade.stop_loss) == (True, 97.0)


async def test_the_strategys_stop_after_a_fill_stays(tmp_path):
    code = (
        GROWING.replace("position_adj", "use_custom_stoploss = True\n    position_adj", 1)
        + """
    def custom_stoploss(self, current_rate, after_fill, **kwargs):
        return -0.03 if current_rate == 97.48 else None
"""
    )
    async with scene(tmp_path, strategy="Growing", code=code) as stage:
        trade = await stage.enter(price=100.0)
        answer(stage, 50.0)
        await stage.cycle(ETH=97.48)
        assert (trade.nr_of_successful_entries, trade.stop_loss) == (2, 94.56)


async def test_by_default_a_second_entry_manually_is_refused(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter()
        with pytest.raises(Refused, match="open trade in ETH/USDT already"):
            await stage.enter()


async def test_a_falling_price_is_bought_and_the_rates_averaged(tmp_path):
    async with scene(tmp_path, **STRATEGY) as stage:
        trade = await stage.enter()
        answer(stage, (95.0, "dip"))
        await stage.cycle(ETH=95.0)
        assert stage.bot.strategy.asked[:2] == ("ETH/USDT", 95.0)
        assert (trade.amount, trade.open_rate) == (2.0, 97.5)
        assert trade.stake_amount == pytest.approx(195.0)
        assert trade.orders[-1].ft_order_tag == "dip"
        assert trade.stop_loss == 90.0  # it only tightens
        assert stage.bot.wallets.get_free("USDT") == pytest.approx(805.0)
        for message in (stage.told("entry")[-1], stage.told("entry_fill")[-1]):
            assert (message["sub_trade"], message["amount"], message["open_rate"]) == (True, 1.0, 95.0)
            assert message["stake_amount"] == pytest.approx(195.0)


async def test_no_more_than_the_configured_entries(tmp_path):
    async with scene(tmp_path, **STRATEGY) as stage:
        trade = await stage.enter()
        for _ in range(3):
            answer(stage, 50.0)
            await stage.cycle()
        assert trade.nr_of_successful_entries == 2


async def test_paused_positions_shrink_but_do_not_grow(tmp_path):
    async with scene(tmp_path, **STRATEGY) as stage:
        trade = await stage.enter()
        stage.bot.pause()
        answer(stage, 50.0)
        await stage.cycle()
        assert trade.amount == 1.0
        answer(stage, (-50.0, "half"))
        await stage.cycle(ETH=110.0)
        assert trade.amount == 0.5
        assert trade.is_open
        assert trade.realized_profit == pytest.approx(0.5 * (110 * 0.999 - 100 * 1.001))
        assert trade.orders[-1].ft_order_tag == "half"


async def test_what_would_leave_too_little_is_not_sold(tmp_path):
    async with scene(tmp_path, **STRATEGY) as stage:
        trade = await stage.enter()
        answer(stage, -98.0)
        await stage.cycle()
        assert trade.amount == 1.0


async def test_a_stake_above_the_balance_is_reduced_to_it(tmp_path):
    async with scene(tmp_path, **STRATEGY) as stage:
        trade = await stage.enter()
        answer(stage, 5000.0)
        await stage.cycle()
        assert trade.stake_amount == pytest.approx(1000.0)
        assert stage.bot.wallets.get_free("USDT") == pytest.approx(0.0)


async def test_a_pending_addition_is_kept_back_from_the_wallet(tmp_path):
    async with scene(tmp_path, **STRATEGY) as stage:
        trade = await stage.enter()
        await stage.enter(price=90.0, stake=90.0)
        assert trade.has_open_orders
        assert stage.bot.wallets.get_free("USDT") == pytest.approx(810.0)
        assert stage.bot.wallets.get_used("USDT") == pytest.approx(90.0)
        with pytest.raises(Refused, match="has an open order"):
            await stage.enter()


@pytest.mark.parametrize("nonsense", [None, (), "much", float("nan"), (None, "tag")])
async def test_an_answer_that_says_nothing_changes_nothing(tmp_path, nonsense):
    async with scene(tmp_path, **STRATEGY) as stage:
        trade = await stage.enter()
        answer(stage, nonsense)
        await stage.cycle()
        assert (trade.amount, len(trade.orders)) == (1.0, 1)
