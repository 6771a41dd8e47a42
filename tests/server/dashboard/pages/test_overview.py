"""What a trader sees: before the bot runs, with nothing to show, and with trades."""

import html
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.domain.enums import State
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.view import LAST_CLOSED
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot, DemoLogs, demo_settings

HOSTILE = """<script>alert(1)</script>'"><img src=x onerror=alert(2)> js:alert(3) {{ 7 * 7 }}"""


def words(page: str) -> str:
    """Return the page's text as it is read."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)))


# -- before the bot runs -----------------------------------------------------------------------------------


@pytest.fixture
async def early(visit: Any, make_app: Any) -> Visitor:
    """Somebody who logged in before there is a bot."""
    visitor = await visit(make_app())
    assert (await visitor.log_in()).status == 303
    return visitor


async def test_while_the_bot_starts_the_page_says_so_and_waits(early: Visitor) -> None:
    page = await early.page("/")
    assert "The bot is starting." in page
    assert 'hx-get="dashboard/starting"' in page
    assert (await early.open("/dashboard/starting", **{"HX-Request": "true"})).status == 204


async def test_when_it_runs_the_waiting_page_is_reported_to_load_again(early: Visitor) -> None:
    early.client.app[BOT_SLOT].bot = DemoBot()
    answer = await early.open("/dashboard/starting", **{"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    assert "Open trades" in await early.page("/")


async def test_what_the_start_waits_for_is_reported_escaped(early: Visitor) -> None:
    early.client.app[BOT_SLOT].startup.wait_for(f"binance answered {HOSTILE}", 5.0)
    for path, headers in (("/", {}), ("/dashboard/starting", {"HX-Request": "true"})):
        page = await (await early.open(path, **headers)).text()
        assert "The bot is waiting for the exchange and keeps trying." in words(page)
        assert "could not start" not in page
        assert "<script>alert" not in page
        assert "binance answered <script>alert(1)" in words(page)


async def test_an_unauthenticated_client_learns_nothing_about_a_failure(visit: Any, make_app: Any) -> None:
    visitor = await visit(make_app())
    visitor.client.app[BOT_SLOT].startup.wait_for("a reason", 5.0)
    assert (await visitor.open("/")).status == 303
    assert "a reason" not in await (await visitor.open("/login")).text()


# -- with a bot --------------------------------------------------------------------------------------------


async def test_empty_tables_say_what_happens_next(trader: Visitor, bot: DemoBot) -> None:
    page = words(await trader.page("/"))
    assert "No open trades. The bot checks every pair when a candle closes" in page
    assert "Nothing closed yet." in page
    assert "No pair is locked" in page
    bot.state = State.STOPPED
    assert "The bot is stopped; start it to trade." in words(await trader.page("/"))


async def test_an_open_trade_shows_what_exiting_it_now_would_make(trader: Visitor, bot: DemoBot) -> None:
    bot.open("BTC/USDT", 50_000.0, 51_000.0, enter_tag="rsi_dip")
    page = words(await trader.page("/"))
    assert "1 of 5" in page
    # 0.002 x 51,000 less 0.1 % is 101.898; less 100.1 paid is 1.798
    assert "+1.80 % +1.80 USDT" in page
    assert "stop 45,000.00 −11.76 %" in page
    # 5 % of 100.1 more, and the fee of 0.1 %: (105.105 / 0.999) / 0.002
    assert "+3.15 % 52,605.11 target" in page
    assert "51,000.00 from 50,000.00" in page
    assert "rsi_dip" in page
    assert "17 min" in page


async def test_a_trade_that_waits_for_its_entry_has_no_profit_yet(trader: Visitor, bot: DemoBot) -> None:
    trade = bot.open("BTC/USDT", 50_000.0, amount=0.0)
    trade.orders[0].ft_is_open = True
    page = words(await trader.page("/"))
    assert "order pending" in page
    assert "not filled yet" in page


async def test_losses_have_a_minus_and_profits_a_plus(trader: Visitor, bot: DemoBot) -> None:
    bot.close("ETH/USDT", 2.5)
    bot.close("SOL/USDT", -1.25, exit_reason="stop_loss")
    page = words(await trader.page("/"))
    assert "−1.25 % −1.25 USDT" in page
    assert "+2.50 % +2.50 USDT" in page
    assert "50 % 1 won, 1 lost" in page
    assert "+1.25 USDT +0.13 % of the start" in page  # of 990: 99 % of 1,000 may be traded


async def test_today_starts_at_midnight_utc(trader: Visitor, bot: DemoBot) -> None:
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    bot.close("ETH/USDT", 7.0, close_date=midnight - timedelta(seconds=1))
    bot.close("ETH/USDT", 2.0, close_date=midnight)
    assert "Today +2.00 USDT 1 closed" in words(await trader.page("/"))


async def test_closed_trades_come_newest_first_in_pages(trader: Visitor, bot: DemoBot) -> None:
    for number in range(25):
        bot.close(f"P{number}/USDT", 1.0, minutes_ago=25 - number)
    first, last = await trader.page("/"), await trader.page("/?page=3")
    assert first.index("P24/USDT") < first.index("P15/USDT")
    assert "P14/USDT" not in first
    assert 'href="./?page=2#closed-title"' in first
    assert "P0/USDT" in last
    assert "P5/USDT" not in last
    assert 'id="closed-older"' in last  # which the stream does not write over


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999", "9" * 400, "1e3", "²", ""])
async def test_a_missing_page_is_replaced_by_an_existing_one(
    trader: Visitor, bot: DemoBot, page: str
) -> None:
    bot.close("ETH/USDT", 1.0)
    assert "ETH/USDT" in await trader.page(f"/?page={page}")


async def test_what_others_wrote_is_shown_and_never_run(
    trader: Visitor, bot: DemoBot, logs: DemoLogs
) -> None:
    bot.open("BTC/USDT", 100.0, enter_tag=HOSTILE)
    bot.open(f"{HOSTILE}/USDT", 100.0)
    bot.close(f"{HOSTILE}/USDT", 1.0, enter_tag=HOSTILE, exit_reason=HOSTILE)
    bot.lock(HOSTILE, 5, HOSTILE)
    bot.whitelist = [HOSTILE]
    bot.strategy_name = HOSTILE
    logs.add("ERROR", HOSTILE)
    for page in (await trader.page("/"), await (await trader.open("/dashboard/live?once")).text()):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "'\"><img" not in page
        assert HOSTILE in html.unescape(page)
        for attribute in re.findall(r'hx-confirm="([^"]*)"', page):
            assert not html.unescape(attribute).startswith(("js:", "javascript:"))


async def test_the_forced_entry_form_is_there_where_it_is_allowed(visit: Any, make_app: Any) -> None:
    allowed = await visit(make_app(DemoBot()))
    forbidden = await visit(make_app(DemoBot(demo_settings(force_entry_enable=False))))
    futures = await visit(make_app(DemoBot(demo_settings(trading_mode="futures", margin_mode="isolated"))))
    pages = []
    for visitor in (allowed, forbidden, futures):
        await visitor.log_in()
        pages.append(await visitor.page("/"))
    assert ['href="enter"' in page for page in pages] == [True, False, True]
    forms = [await visitor.page("/enter") for visitor in (allowed, futures)]
    assert ['name="side"' in form for form in forms] == [False, True]
    assert '<option value="BTC/USDT">' in forms[0]


async def test_money_is_named_for_what_it_is(visit: Any, make_app: Any) -> None:
    visitor = await visit(make_app(DemoBot(demo_settings(dry_run=False))))
    await visitor.log_in()
    page = await visitor.page("/")
    assert "real money" in page
    assert "simulated money" not in page


async def test_a_page_runs_only_our_own_files_and_is_not_cached(trader: Visitor) -> None:
    answer = await trader.open("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    page = await answer.text()
    assert not re.search(r"<script(?![^>]*\ssrc=\"static/)|\son[a-z]+=|\sstyle=|<style", page)
    assert not re.search(r"(?:src|href|action)=\"(?=[a-z]+:|//)", page)


def test_the_server_starts_without_loading_templates_or_pandas() -> None:
    heavy = ("jinja2", "numpy", "pandas", "ccxt")
    code = f"import sys, appliance.server.app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("page", ["1", "3", "50"])
async def test_a_page_of_closed_trades_looks_at_no_others(
    trader: Visitor, bot: DemoBot, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    bot.close("ETH/USDT", 1.0)
    one = bot.book.closed[0]
    many = [msgspec.structs.replace(one, id=number) for number in range(1, 1001)]
    bot.book.load([], many)
    looked_at: list[int] = []
    whole = ClosedTrades._trade

    def counted(kept: ClosedTrades, ints: list[int], floats: list[float]) -> ClosedTrade:
        looked_at.append(ints[0])
        return whole(kept, ints, floats)

    monkeypatch.setattr(ClosedTrades, "_trade", counted)
    await trader.page(f"/?page={page}")
    last = 1000 - (int(page) - 1) * LAST_CLOSED
    assert looked_at == list(range(last - LAST_CLOSED + 1, last + 1))
