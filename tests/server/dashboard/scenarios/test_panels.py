"""Risk, coins and health on the overview: what they say when all is well, and when it is not."""

import pytest

from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import State
from appliance.server.dashboard.view import fingerprint
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot, DemoLogs
from tests.server.dashboard.pages.test_overview import HOSTILE, words


async def test_risk_names_what_has_no_stop(trader: Visitor, bot: DemoBot):
    bot.open("BTC/USDT", 100.0)
    bot.open("DOGE/USDT", 100.0, stop_loss=0.0)
    page = words(await trader.page("/"))
    # 1 unit of BTC falls by 10, less its fee; all 100 of DOGE, less what the fee of an exit has taken
    assert "Risk now −109.79 USDT −11.09 % of the equity" in page
    assert "Without a stop: DOGE/USDT." in page


async def test_without_trades_nothing_is_at_risk(trader: Visitor):
    assert "Nothing at risk." in words(await trader.page("/"))


async def test_coins_are_listed_by_worth(trader: Visitor, bot: DemoBot):
    bot.open("BTC/USDT", 100.0, 120.0)
    page = words(await trader.page("/"))
    assert "Balance by coin" in page
    assert page.index("USDT 900 900.00 88 %") < page.index("BTC 1 120.00 12 %")


async def test_a_bot_that_is_well_says_so(trader: Visitor):
    page = await trader.page("/")
    assert "Cycles on time Exchange answers Database written" in words(page)
    assert "Needs your attention" not in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"loop_age": 400.0}, "No cycle was finished for 6 min. The strategy or the exchange"),
        ({"journal_lag": 30.0}, "The database could not be written for 30 s."),
        ({"database_lost": "The database is gone"}, "The database is gone Stop the bot and put"),
        ({"set_aside": ["trade 7 cannot be written"]}, "trade 7 cannot be written"),
    ],
)
async def test_what_is_wrong_comes_first_and_says_what_to_do(
    trader: Visitor, bot: DemoBot, changed: dict[str, object], said: str
):
    for name, value in changed.items():
        setattr(bot, name, value)
    page = words(await trader.page("/"))
    assert said in page
    assert page.index("Needs your attention") < page.index("Enters and exits trades")


async def test_an_exchange_that_is_silent(trader: Visitor, bot: DemoBot):
    bot.gateway.silent_for = 200.0
    page = words(await trader.page("/"))
    assert "simulated has not answered for 3 min." in page
    assert "Exchange silent for 3 min" in page


async def test_a_strategy_that_fails_is_named_with_its_pairs(trader: Visitor, bot: DemoBot):
    bot.whitelist = [HOSTILE, "B/USDT", "C/USDT", "D/USDT", "E/USDT"]
    for pair in bot.whitelist:
        bot.decisions.note(pair, Kind.ANALYSIS_FAILED, "KeyError")
    page = await trader.page("/")
    assert f"The strategy fails on {HOSTILE}, B/USDT, C/USDT and 2 more" in words(page)
    assert "<script>alert" not in page
    bot.frames = {(pair, "5m"): object() for pair in bot.whitelist}  # it was corrected since
    assert "The strategy fails" not in await trader.page("/")


@pytest.mark.parametrize("path", ["/trades", "/performance", "/logs"])
async def test_every_page_says_what_is_wrong(trader: Visitor, bot: DemoBot, path: str):
    assert 'class="troubles' not in await trader.page(path)
    bot.state = State.STOPPED
    assert "The bot is stopped: it enters and exits nothing." in words(await trader.page(path))
    bot.gateway.silent_for = 200.0
    page = words(await trader.page(path))
    assert "simulated has not answered for 3 min. Rates are old" in page
    assert "The bot is stopped: it enters" not in page  # what is worse comes first


def test_a_cycle_more_is_no_change_but_a_late_one_is(bot: DemoBot, logs: DemoLogs):
    before = fingerprint(bot, logs)
    bot.last_cycle_at, bot.loop_age = bot.now(), 3.0
    assert fingerprint(bot, logs) == before
    bot.loop_age = 90.0
    assert fingerprint(bot, logs) != before
