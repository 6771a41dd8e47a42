"""How much is put into a trade."""

import msgspec
import pytest

from appliance.domain.errors import ConfigurationError, Refused
from appliance.rules.trade_requests import ExitRequest
from tests.bot.written import ALWAYS, strategy
from tests.support.scripted import scene

EAGER = strategy(entry=ALWAYS)


def stakes(stage) -> list[float]:
    return [round(trade.stake_amount, 2) for trade in stage.bot.book.open.values()]


def limited(stage, **limits) -> None:
    """Have the exchange ask for other limits."""
    stage.market.markets = {
        pair: msgspec.structs.replace(market, **limits) for pair, market in stage.market.markets.items()
    }


# -- the wallet ----------------------------------------------------------------------------------------


async def test_only_part_of_the_balance_may_be_used(tmp_path):
    async with scene(tmp_path, code=EAGER, stake_amount="unlimited", tradable_balance_ratio=0.5) as stage:
        await stage.cycle()
        assert stakes(stage) == [250.0, 250.0]
        assert stage.bot.wallets.get_available_stake_amount() == pytest.approx(0.0)


async def test_several_bots_share_an_account_by_their_capital(tmp_path):
    async with scene(tmp_path, code=EAGER, stake_amount="unlimited", available_capital=400) as stage:
        await stage.cycle()
        assert stakes(stage) == [200.0, 200.0]
        assert stage.bot.wallets.get_starting_balance() == 400.0


@pytest.mark.parametrize("capital", [{}, {"available_capital": 1000}])
async def test_profits_are_put_to_work_by_an_unlimited_stake(tmp_path, capital):
    async with scene(tmp_path, stake_amount="unlimited", max_open_trades=1, fee=0.0, **capital) as stage:
        trade = await stage.enter()
        assert trade.stake_amount == 1000.0
        stage.market.prices["ETH/USDT"] = 110.0
        await stage.bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
        again = await stage.enter("BTC/USDT")
        assert again.stake_amount == pytest.approx(1100.0)


async def test_an_unlimited_stake_of_unlimited_trades_does_not_start(tmp_path):
    with pytest.raises(ConfigurationError, match="max_open_trades"):
        async with scene(tmp_path, stake_amount="unlimited", max_open_trades=-1):
            pass


@pytest.mark.parametrize(
    ("least_part", "expected"),
    [(0.2, [400.0, 400.0, 200.0]), (0.6, [400.0, 400.0])],
)
async def test_the_last_stake_takes_what_is_left_unless_that_is_too_little(tmp_path, least_part, expected):
    last = {"amend_last_stake_amount": True, "last_stake_amount_min_ratio": least_part}
    async with scene(tmp_path, code=EAGER, stake_amount=400, max_open_trades=3, **last) as stage:
        await stage.cycle()
        assert stakes(stage) == expected


async def test_without_that_a_last_stake_that_is_too_large_is_none(tmp_path):
    async with scene(tmp_path, code=EAGER, stake_amount=400, max_open_trades=3) as stage:
        await stage.cycle()
        assert stakes(stage) == [400.0, 400.0]


# -- the exchange's limits -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost_min", "expected"),
    [(5.0, [10.0]), (10.0, [11.66]), (12.0, [])],
    ids=["large enough", "raised: reserve of 5 % and stop loss of 10 %", "raised by more than 30 %"],
)
async def test_a_stake_below_the_minimum_is_raised_but_not_by_much(tmp_path, cost_min, expected):
    async with scene(tmp_path, code=EAGER, stake_amount=10, max_open_trades=1) as stage:
        limited(stage, cost_min=cost_min)
        await stage.cycle()
        assert stakes(stage) == expected


async def test_the_reserve_is_configured(tmp_path):
    async with scene(
        tmp_path, code=EAGER, stake_amount=10, max_open_trades=1, amount_reserve_percent=0.15, stoploss=-0.01
    ) as stage:
        limited(stage, cost_min=10.0)
        await stage.cycle()
        assert stakes(stage) == [pytest.approx(10 * 1.15 / 0.99, abs=0.02)]


async def test_a_stake_above_the_maximum_is_cut(tmp_path):
    async with scene(tmp_path, code=EAGER, max_open_trades=1) as stage:
        limited(stage, cost_max=60.0)
        await stage.cycle()
        assert stakes(stage) == [60.0]


async def test_amounts_are_cut_off_at_the_lot_step_and_nothing_of_them_stays_behind(tmp_path):
    async with scene(tmp_path) as stage:
        limited(stage, amount_precision=0.3)
        trade = await stage.enter()
        assert (trade.amount, trade.stake_amount) == (pytest.approx(0.9), pytest.approx(90.0))
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        assert not trade.is_open
        assert stage.bot.wallets.get_total("ETH") == 0.0


# -- the strategy --------------------------------------------------------------------------------------

OWN_STAKE = strategy(
    entry=ALWAYS,
    methods="""
    def custom_stake_amount(self, pair, current_time, current_rate, proposed_stake, min_stake, max_stake,
                            leverage, entry_tag, side, **kwargs):
        type(self).asked = (proposed_stake, round(min_stake, 3), max_stake, leverage, side)
        return self.own
    """,
)


@pytest.mark.parametrize(
    ("own", "expected"),
    [(55.5, [55.5]), (0, []), (None, []), (-5, []), ("much", []), (1, []), (5000, [1000.0])],
)
async def test_a_strategys_own_stake_is_fitted_into_the_limits(tmp_path, own, expected):
    async with scene(tmp_path, code=OWN_STAKE, max_open_trades=1) as stage:
        type(stage.bot.strategy).own = own
        await stage.cycle()
        assert stakes(stage) == expected
        assert stage.bot.strategy.asked == (100.0, round(5 * 1.05 / 0.9, 3), 1000.0, 1.0, "long")


# -- how many ------------------------------------------------------------------------------------------


async def test_a_reload_changes_how_many_trades_there_may_be(tmp_path):
    file = tmp_path / "strategies" / "quiet.py"
    code = strategy("max_open_trades = 1", entry=ALWAYS)
    async with scene(tmp_path, code=code, max_open_trades=None) as stage:
        await stage.cycle()
        assert len(stage.bot.book.open) == 1
        file.write_text(code.replace("max_open_trades = 1", "max_open_trades = 3"))
        stage.bot.request_reload()
        await stage.cycle()
        assert stage.bot.max_open_trades == 3
        assert len(stage.bot.book.open) == 3
        file.write_text(code.replace("max_open_trades = 1", "max_open_trades = 2"))
        stage.bot.request_reload()
        await stage.cycle()
        assert len(stage.bot.book.open) == 3, "what is open stays open"
        await stage.bot.force_exit(ExitRequest(trade_id="1", order_type="market"))
        with pytest.raises(Refused, match="maximum number"):
            await stage.enter("ETH/USDT")
