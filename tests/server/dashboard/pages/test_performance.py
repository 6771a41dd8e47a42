"""The page that shows where profit came from."""

import pytest

from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot
from tests.server.dashboard.pages.test_overview import HOSTILE, words


async def test_it_says_that_there_is_nothing_yet(trader: Visitor) -> None:
    page = words(await trader.page("/performance"))
    assert page.count("Nothing closed yet.") == 8


async def test_it_shows_profit_by_pair_tag_reason_and_time(trader: Visitor, bot: DemoBot) -> None:
    bot.close("BTC/USDT", 12.5, enter_tag="breakout", exit_reason="roi", entry_cost=100.0)
    bot.close("ETH/USDT", -4.0, enter_tag="rsi", exit_reason="stop_loss", entry_cost=100.0)
    page = await trader.page("/performance")
    text = words(page)
    for row in (
        "BTC/USDT +12.50 +12.50 % 1",
        "rsi −4.00 −4.00 % 1",
        "stop_loss −4.00 −4.00 % 1",
        "10 % and more +12.50 1 100 %",
        "< 1 h +8.50 2 50 %",
    ):
        assert row in text
    assert page.count("<svg") == 5


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
