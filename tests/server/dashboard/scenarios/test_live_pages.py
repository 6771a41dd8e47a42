"""Pages that follow the bot in a real Chromium, without disturbing whoever uses them."""

import asyncio
from typing import Any

import pytest

from tests.server.dashboard.browser import LIVE, Host, log_in
from tests.server.dashboard.demo_bot import DemoBot, DemoLogs
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser, chromium

pytestmark = IN_A_BROWSER_AT_LENGTH


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.server.dashboard.live.LEAST_BETWEEN_CHANGES", 0.05)
    monkeypatch.setattr("appliance.server.dashboard.live_page.LEAST_SECONDS", 0.05)


async def opened(browser: Browser, host: Host, app: Any, path: str) -> None:
    await host.serve(app)
    await log_in(browser, host.url)
    await browser.go(f"{host.url}/{path}")
    await browser.until(LIVE)


async def stays(browser: Browser, script: str) -> None:
    """Check that something stays true for a while."""
    for _ in range(8):
        assert await browser.run(f"return {script}"), script
        await asyncio.sleep(0.1)


FOUND = "document.querySelector('#closed-title').innerText"


async def test_a_filter_that_is_being_set_is_left_alone_and_kept(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    bot.close("BTC/USDT", 1.0)
    bot.close("ETH/USDT", 1.0)
    await opened(browser, host, make_app(bot), "trades")
    await browser.run("const s = document.querySelector('#by-pair'); s.focus(); s.value = 'ETH/USDT'")
    bot.close("SOL/USDT", 2.0)
    await stays(browser, f"{FOUND}.includes('2')")
    await browser.run("document.activeElement.blur()")
    await browser.until(f"{FOUND}.includes('3')")
    assert await browser.run("return document.querySelector('#by-pair').value") == "ETH/USDT"
    assert await browser.run("return document.querySelectorAll('main .changed').length > 0")


async def test_scroll_and_focus_keep_their_places(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    for _ in range(30):
        bot.close("BTC/USDT", 1.0)
    await browser.see(width=360, height=600)
    await opened(browser, host, make_app(bot), "trades")
    await browser.run("document.querySelector('main a[href=\"trades/12\"]').focus(); scrollTo(0, 700)")
    place = (
        "return Math.round(document.querySelector('main a[href=\"trades/12\"]').getBoundingClientRect().top)"
    )
    before = await browser.run(place)
    bot.close("SOL/USDT", 2.0)
    await browser.until(f"{FOUND}.includes('31')")
    assert await browser.run("return document.activeElement.getAttribute('href')") == "trades/12"
    assert abs(await browser.run(place) - before) <= 1


async def test_what_is_open_stays_open_and_is_updated_when_it_is_closed(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    bot.close("BTC/USDT", 1.0)
    await opened(browser, host, make_app(bot), "performance")
    await browser.click("main details > summary")
    bot.close("SOL/USDT", 2.0)
    await stays(browser, "!document.querySelector('main').textContent.includes('SOL/USDT')")
    await browser.click("main details > summary")
    await browser.until("document.querySelector('main').textContent.includes('SOL/USDT')")


async def test_only_the_part_with_a_selection_waits(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    bot.open("BTC/USDT", 100.0)
    await opened(browser, host, make_app(bot), "")
    await browser.until("document.querySelector('#trade-1')")
    await browser.run("getSelection().selectAllChildren(document.querySelector('#trade-1 th'))")
    bot.open("ETH/USDT", 100.0)
    await browser.until("document.querySelector('#risk').innerText.includes('ETH/USDT')")
    assert await browser.run("return document.querySelector('#trade-2')") is None
    await browser.run("getSelection().removeAllRanges()")
    await browser.until("document.querySelector('#trade-2')")


async def test_times_are_of_the_browsers_zone_with_utc_on_hover(
    host: Host, make_app: Any, bot: DemoBot, logs: DemoLogs
) -> None:
    bot.close("BTC/USDT", 1.0)
    closed = bot.book.closed[0].close_date
    logs.add("INFO", "a line")
    async with chromium(zone="Australia/Adelaide") as browser:
        await opened(browser, host, make_app(bot), "")
        time = "document.querySelector('#closed tbody time')"
        shown, title, utc = await browser.run(f"return [{time}.innerText, {time}.title, {time}.dateTime]")
        assert int(shown[-2:]) == (closed.minute + 30) % 60
        assert title == f"{closed:%Y-%m-%d %H:%M:%S} UTC"
        assert utc == f"{closed:%Y-%m-%dT%H:%M:%SZ}"
        assert "Australia/Adelaide (GMT+10:30), with UTC on hover" in await browser.text("footer")
        bot.close("ETH/USDT", 1.0)  # the stream's times are of the zone too
        await browser.until("document.querySelectorAll('#closed tbody tr').length === 2")
        newest = bot.book.closed[1].close_date
        assert int((await browser.run(f"return {time}.innerText"))[-2:]) == (newest.minute + 30) % 60
        assert [line for line in await browser.console() if "favicon" not in line] == []


async def test_a_page_that_was_cut_off_catches_up(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    bot.close("BTC/USDT", 1.0)
    await opened(browser, host, make_app(bot), "trades")
    await host.stop()
    await browser.until("!document.querySelector('#lost').hidden")
    bot.close("ETH/USDT", 1.0)
    await host.serve(make_app(bot))
    await browser.until(f"{FOUND}.includes('2')")
