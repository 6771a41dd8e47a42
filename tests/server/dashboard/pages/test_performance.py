"""The page that shows where profit came from."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot
from tests.server.dashboard.pages.test_overview import HOSTILE, words


async def test_it_says_that_there_is_nothing_yet(trader: Visitor) -> None:
    page = words(await trader.page("/performance"))
    assert page.count("Nothing closed yet.") == 1
    assert "<svg" not in page
    assert "nan" not in page.lower()


async def test_it_shows_profit_by_pair_tag_reason_and_time(trader: Visitor, bot: DemoBot) -> None:
    bot.close("BTC/USDT", 12.5, enter_tag="breakout", exit_reason="roi", entry_cost=100.0)
    bot.close("ETH/USDT", -4.0, enter_tag="rsi", exit_reason="stop_loss", entry_cost=100.0)
    page = await trader.page("/performance")
    text = words(page)
    for row in (
        "BTC/USDT +12.50 +12.50 % 1",
        "breakout roi +12.50 +12.50 % 1",
        "rsi −4.00 −4.00 % 1",
        "stop_loss −4.00 −4.00 % 1",
        "10 % and more +12.50 1 100 %",
        "< 1 h +8.50 2 50 %",
    ):
        assert row in text
    assert "Profit factor 3.12" in text
    assert "Longest streaks 1 won, 1 lost now 1 lost in a row" in text
    assert all('role="img"' in svg or "aria-hidden" in svg for svg in re.findall("<svg[^>]*>", page))


async def test_of_many_tags_the_best_and_the_worst_are_shown(trader: Visitor, bot: DemoBot) -> None:
    for number in range(100):
        bot.close("BTC/USDT", number - 50.0, enter_tag=f"tag-{number}")
    page = words(await trader.page("/performance"))
    assert "The 30 best and the 30 worst of 100." in page
    assert "tag-99" in page
    assert "tag-50" not in page.partition("By tag and reason")[0]


def candles(closes: list[float]) -> SimpleNamespace:
    """Return candles of five minutes, the last of which closes now."""
    dates = pd.date_range(end=datetime.now(UTC) - timedelta(minutes=5), periods=len(closes), freq="5min")
    return SimpleNamespace(frame=pd.DataFrame({"date": dates, "close": closes}))


async def test_without_candles_the_comparison_says_what_it_needs(trader: Visitor, bot: DemoBot) -> None:
    bot.close("ETH/USDT", 1.0)
    page = words(await trader.page("/performance"))
    assert "Not known yet. The comparison needs a trade, and candles of its pair" in page


async def test_it_is_compared_with_holding_what_was_traded(trader: Visitor, bot: DemoBot) -> None:
    bot.close("ETH/USDT", 9.9, minutes_ago=10)
    bot.close("SOL/USDT", 0.0, minutes_ago=6)
    bot.frames = {
        ("ETH/USDT", "5m"): candles([100.0, 101.0, 110.0]),
        ("SOL/USDT", "5m"): candles([100.0, 101.0, 102.0]),
        ("BTC/USDT", "5m"): candles([100.0, 100.0, 95.0]),
        ("XRP/USDT", "5m"): candles([100.0, 100.0, 900.0]),  # which was not traded
    }
    page = words(await trader.page("/performance"))
    assert "This account +0.00" not in page
    assert "Holding +6.00 %" in page
    assert "Holding bitcoin −5.00 %" in page
    assert "the time before is not compared" in page
    assert "equal parts of ETH/USDT, SOL/USDT, which" in page


@pytest.mark.parametrize(
    ("by", "shown"), [("day", "day"), ("week", "week"), ("month", "month"), ("%00", "day")]
)
async def test_the_period_is_chosen_by_the_address(
    trader: Visitor, bot: DemoBot, by: str, shown: str
) -> None:
    bot.close("BTC/USDT", 1.0)
    assert f"Profit by {shown} " in words(await trader.page(f"/performance?by={by}"))


async def test_names_that_others_wrote_are_shown_and_never_run(trader: Visitor, bot: DemoBot) -> None:
    bot.close(HOSTILE, 1.0, enter_tag=HOSTILE, exit_reason=HOSTILE, entry_cost=100.0)
    page = await trader.page("/performance")
    assert "<script>alert" not in page
    assert "<img" not in page.partition("<main")[2]


async def test_before_the_bot_runs_it_leads_to_the_page_that_says_so(visit, make_app) -> None:
    visitor = await visit(make_app())
    await visitor.log_in()
    answer = await visitor.open("/performance")
    assert (answer.status, answer.headers["Location"]) == (303, "/")


async def test_strangers_are_sent_to_the_login(visitor: Visitor) -> None:
    assert (await visitor.open("/performance")).status == 303
