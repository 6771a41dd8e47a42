"""The curve on the overview."""

import asyncio
import gzip
import re

import pytest

from appliance.assets import asset_dir
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot
from tests.server.dashboard.pages.test_overview import words

BUDGET = 45_000
"""Bytes of the overview with script and style, compressed."""


async def test_the_curve_ends_with_what_open_trades_are_worth(trader: Visitor, bot: DemoBot) -> None:
    bot.close("BTC/USDT", 30.0, minutes_ago=600)
    bot.close("ETH/USDT", -10.0, minutes_ago=300)
    bot.open("SOL/USDT", 100.0, 110.0)
    page = await trader.page("/")
    assert "from 990.00 to 1,019.79 USDT, highest 1,020.00, lowest 990.00" in page
    assert "at most −0.98 %" in words(page)
    assert page.partition('id="figures"')[0].count("<svg") == 2


async def test_a_bot_without_trades_says_when_the_curve_begins(trader: Visitor, bot: DemoBot) -> None:
    page = await trader.page("/")
    assert "The curve begins with the first trade. 990.00 USDT are there to trade with." in words(page)
    bot.open("BTC/USDT", 100.0)
    page = await trader.page("/")
    assert "Equity since" in page
    assert "nan" not in page.lower().replace("finance", "")


@pytest.mark.parametrize(("window", "change"), [("1d", "−10.00"), ("7d", "+20.00"), ("all", "+20.00")])
async def test_a_window_shows_what_was_made_in_it(
    trader: Visitor, bot: DemoBot, window: str, change: str
) -> None:
    bot.close("BTC/USDT", 30.0, minutes_ago=3000)
    bot.close("ETH/USDT", -10.0, minutes_ago=300)
    page = await trader.page(f"/?window={window}")
    assert f"Equity {change} USDT" in words(page)
    # Only the whole curve is updated by the event stream.
    assert ('id="equity"' in page) == (window == "all")


async def test_an_unknown_window_is_everything(trader: Visitor) -> None:
    assert 'id="equity"' in await trader.page("/?window=%3Cscript%3E")


async def test_the_overview_stays_within_its_size(trader: Visitor, bot: DemoBot) -> None:
    for n in range(400):
        bot.close("BTC/USDT", (-1.0) ** n * n / 7, minutes_ago=60 * n)
    for pair in ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT"):
        bot.open(pair, 100.0)
    files = re.findall(r'(?:src|href)="static/([^"?]+\.(?:css|js))', page := await trader.page("/"))
    assert {"dashboard.css", "live.js", "vendor/htmx.min.js"} <= set(files)
    sizes = await asyncio.to_thread(lambda: [compressed_size(file) for file in set(files)])
    assert len(gzip.compress(page.encode())) + sum(sizes) < BUDGET


def compressed_size(file: str) -> int:
    return len(gzip.compress((asset_dir("web") / "static" / file).read_bytes()))
