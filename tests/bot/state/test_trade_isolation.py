"""Trouble with one trade, or with the strategy, keeps no other trade from being protected."""

import pytest

from appliance.domain.errors import Refused
from tests.support.scripted import QUIET, scene


def with_method(method: str) -> str:
    return QUIET.replace("    def populate_indicators", f"{method}\n\n    def populate_indicators", 1)


ANSWERS_NEITHER_YES_NOR_NO = with_method("""
    def custom_exit(self, pair, **kwargs):
        return [] if pair == "BTC/USDT" else self.dp.get_pair_dataframe(pair)["close"] > 0

    def confirm_trade_exit(self, pair, **kwargs):
        return self.dp.get_pair_dataframe(pair)["close"] > 0
""")


async def test_an_answer_that_is_neither_yes_nor_no_stops_nothing(tmp_path):
    async with scene(tmp_path, code=ANSWERS_NEITHER_YES_NOR_NO) as stage:
        trades = [await stage.enter(), await stage.enter("BTC/USDT")]
        await stage.cycle()
        assert [trade.is_open for trade in trades] == [True, True]
        await stage.cycle(ETH=80.0, BTC=80.0)
        assert [trade.exit_reason for trade in trades] == ["stop_loss", "stop_loss"]


async def test_a_judgement_of_the_profit_that_is_neither_leaves_stop_and_table_in_force(tmp_path):
    judges = with_method("""
    def min_roi_reached(self, trade, current_profit, current_time):
        return self.dp.get_pair_dataframe(trade.pair)["close"] > 0
""")
    async with scene(tmp_path, code=judges, minimal_roi={"0": 0.05}) as stage:
        falls, rises = await stage.enter(), await stage.enter("BTC/USDT")
        await stage.cycle(ETH=80.0, BTC=110.0)
        assert [falls.exit_reason, rises.exit_reason] == ["stop_loss", "roi"]


async def test_on_doubt_there_are_no_entries(tmp_path):
    confirms = with_method("""
    def confirm_trade_entry(self, pair, **kwargs):
        return self.dp.get_pair_dataframe(pair)["close"] > 0
""")
    async with scene(tmp_path, code=confirms) as stage:
        with pytest.raises(Refused):
            await stage.enter()
        assert stage.bot.book.open == {}


@pytest.mark.parametrize("pairs", ["None", "5", "[('BTC/USDT', '5m', 'nonsense')]"])
async def test_stops_hold_whatever_informative_pairs_answers(tmp_path, pairs):
    method = f"    def informative_pairs(self):\n        return {pairs}"
    async with scene(tmp_path, code=with_method(method)) as stage:
        trade = await stage.enter()
        await stage.cycle(ETH=80.0)
        assert trade.exit_reason == "stop_loss"


async def test_an_error_of_ours_concerns_one_trade_and_is_reported_once(tmp_path):
    async with scene(tmp_path) as stage:
        spoilt, trade = await stage.enter(), await stage.enter("BTC/USDT")
        spoilt.max_rate = "no number"
        for _ in range(3):
            await stage.cycle(BTC=80.0)
        assert (spoilt.is_open, trade.exit_reason) == (True, "stop_loss")
        (told,) = stage.told("exception")
        assert told["status"].startswith("Handling the trade in ETH/USDT failed: TypeError")
