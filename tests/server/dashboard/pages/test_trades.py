"""The page of closed trades, and its CSV."""

import pytest

from appliance.server.dashboard.pages.trades import address_of, choice_in
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot
from tests.server.dashboard.pages.test_overview import HOSTILE, words


async def test_it_says_that_there_is_nothing_yet(trader: Visitor) -> None:
    assert "Nothing closed yet." in words(await trader.page("/trades"))


async def test_trades_are_filtered_by_the_address(trader: Visitor, bot: DemoBot) -> None:
    bot.close("BTC/USDT", 3.0, enter_tag="dip")
    bot.close("ETH/USDT", -1.0, exit_reason="stop_loss")
    bot.close("BTC/USDT", -2.0)
    page = words(await trader.page("/trades?pair=BTC/USDT"))
    assert "2 trades made +1.00 USDT" in page
    assert "1 trade made −1.00 USDT" in words(await trader.page("/trades?reason=stop_loss"))
    assert "1 trade made +3.00 USDT" in words(await trader.page("/trades?tag=dip&outcome=won"))
    assert "No trade fits." in words(await trader.page("/trades?pair=SOL/USDT"))


async def test_pages_keep_the_choice(trader: Visitor, bot: DemoBot) -> None:
    for n in range(25):
        bot.close("BTC/USDT", n - 12.0, minutes_ago=n)
    page = await trader.page("/trades?order=profit")
    assert "page 1 of 2" in words(page)
    assert 'href="trades?order=profit&amp;page=2"' in page
    assert page.index("+12.00") < page.index("+5.00")
    assert "page 2 of 2" in words(await trader.page("/trades?order=profit&page=99"))


@pytest.mark.parametrize(
    "query",
    ["pair=" + "x" * 5000, "order=evil", "outcome=%00", "page=-1", "page=1e9", "ascending=yes", "pair=%ff"],
)
async def test_odd_addresses_are_taken_for_what_they_are(trader: Visitor, bot: DemoBot, query: str) -> None:
    bot.close("BTC/USDT", 1.0)
    assert "Closed trades" in words(await trader.page(f"/trades?{query}"))


async def test_what_others_wrote_is_shown_and_never_run(trader: Visitor, bot: DemoBot) -> None:
    bot.close("BTC/USDT", 1.0, enter_tag=HOSTILE, exit_reason=HOSTILE)
    bot.open("ETH/USDT", 100.0, enter_tag=HOSTILE)
    for path in ("/trades", "/trades?tag=%3Cscript%3Ealert(1)"):
        page = await trader.page(path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


async def test_the_chosen_trades_are_downloaded_as_csv(trader: Visitor, bot: DemoBot) -> None:
    bot.close("BTC/USDT", 3.0)
    bot.close("ETH/USDT", -1.0)
    answer = await trader.open("/trades.csv?outcome=lost")
    assert answer.content_type == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    [heading, row] = (await answer.text()).splitlines()
    assert heading.startswith("id,pair,side,")
    assert ",ETH/USDT," in f",{row}"


async def test_without_a_login_nothing_is_downloaded(visitor: Visitor) -> None:
    assert (await visitor.open("/trades.csv")).status == 303


async def test_before_the_bot_runs_there_is_no_csv(visit, make_app) -> None:
    visitor = await visit(make_app())
    await visitor.log_in()
    assert (await visitor.open("/trades.csv")).status == 503


def test_sorting_by_the_same_again_turns_the_order_round():
    choice = choice_in({"pair": "BTC/USDT", "order": "profit"})
    assert address_of(choice, order="profit") == "trades?pair=BTC%2FUSDT&order=profit&ascending=1"
    assert address_of(choice, order="closed") == "trades?pair=BTC%2FUSDT"
    assert address_of(choice_in({"ascending": "1"}), order="closed") == "trades"
