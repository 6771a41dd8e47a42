"""The dashboard in a real Chromium: what is tested nowhere else is what only a browser does."""

from typing import Any

import pytest

from appliance.server.bot_slot import BOT_SLOT
from tests.server.dashboard.browser import LIVE, Host, log_in
from tests.server.dashboard.demo_bot import DemoBot
from tests.support.browser import IN_A_BROWSER, Browser
from tests.support.scripted import Scene
from tests.support.serving import Api

pytestmark = IN_A_BROWSER


async def test_a_trader_at_work(browser: Browser, host: Host, make_app: Any, bot: DemoBot) -> None:
    """Wait for the bot, see it trade, steer it, lose it and find it again: one page, never loaded by hand."""
    app = make_app()
    await host.serve(app)
    await log_in(browser, host.url)
    assert "The bot is starting" in await browser.text("#starting")

    app[BOT_SLOT].bot = bot
    await browser.until("document.querySelector('#link')?.innerText === 'live'")
    assert "No open trades" in await browser.text("#open")

    bot.open("BTC/USDT", 50_000.0, enter_tag="<b>bold</b>")
    await browser.until("document.querySelector('#trade-1')")
    assert "<b>bold</b>" in await browser.text("#trade-1")
    await browser.run("document.querySelector('#exit-1').focus()")
    bot.book.set_rate("BTC/USDT", 51_000.0)
    await browser.until("document.querySelector('#trade-1').innerText.includes('+1.80')")
    assert await browser.run("return document.activeElement.id") == "exit-1"  # the keyboard keeps its place

    await browser.click("#do-pause")
    await browser.until("document.querySelector('#notice').innerText.includes('Paused')")
    await browser.until("document.querySelector('#state-title').innerText === 'Paused'")

    await browser.click("#do-stop")
    browser.agrees = True
    await browser.click("#exit-1")
    await browser.until("document.querySelector('dialog[open] #preview')")
    await browser.click("dialog button[type=submit]")
    await browser.until("document.querySelector('#notice').innerText.includes('exit order for trade 1')")
    assert bot.asked == [("paused",), ("force_exit", "1")]

    await browser.click("#enter a")
    await browser.until("document.querySelector('dialog[open] #entry-pair')")
    await browser.type("#entry-pair", "ETH/USDT")
    await browser.type("#entry-price", "3000")
    await browser.press("Enter")
    await browser.until("document.querySelector('#trade-2')?.innerText.includes('ETH/USDT')")
    assert bot.asked[-1] == ("force_enter", "ETH/USDT", "long", 3000.0)
    assert [line for line in await browser.console() if "favicon" not in line] == []


async def test_a_lost_connection_is_reported_and_found_again(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    await host.serve(make_app(bot))
    await log_in(browser, host.url)
    await browser.until(LIVE)

    await host.stop()
    await browser.until("!document.querySelector('#lost').hidden")
    assert "connection lost" in await browser.text("#link")
    await browser.run("document.querySelector('#do-pause').click()")
    await browser.until("document.querySelector('#notice').innerText.includes('could not be reached')")

    bot.open("BTC/USDT", 50_000.0)  # meanwhile
    await host.serve(make_app(bot))
    await browser.until(LIVE)
    await browser.until("document.querySelector('#trade-1')")


async def test_a_restarted_bot_takes_its_page_through_the_start(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    await host.serve(make_app(bot))
    await log_in(browser, host.url)
    await browser.until(LIVE)
    restarted = make_app()
    await host.serve(restarted)
    await browser.until("document.querySelector('#starting')")
    restarted[BOT_SLOT].bot = bot
    await browser.until(LIVE)


async def test_a_login_that_has_ended_leads_to_the_login(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    await host.serve(make_app(bot))
    await log_in(browser, host.url)
    await browser.until(LIVE)
    await browser.forget_cookies()
    await browser.run("document.querySelector('#do-pause').click()")
    await browser.until("location.pathname === '/login'")
    assert not bot.asked


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
async def test_no_page_is_wider_than_the_screen(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot, width: int
) -> None:
    bot.open("BTC/USDT", 50_000.0, enter_tag="a_tag_that_is_very_long_and_has_no_place_to_break_it_at_all")
    bot.close("PEPE/USDT", -2.0, exit_reason="a_reason_that_is_very_long_and_has_no_place_to_break_it")
    bot.lock("ETH/USDT", 5, "x" * 200)
    await host.serve(make_app(bot))
    await browser.see(width=width, height=800)
    await log_in(browser, host.url)
    await browser.until(LIVE)
    scrolled, seen = await browser.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert scrolled <= seen


DRAWN = """(() => {
  const colours = new Set();
  for (const canvas of document.querySelectorAll("#plot canvas")) {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] > 200) colours.add([data[at], data[at + 1], data[at + 2]].join());
    }
  }
  return document.documentElement.classList.contains("ready") && colours.size > 5 && [...colours];
})()"""


@pytest.mark.parametrize("dark", [False, True])
async def test_a_chart_draws_candles_in_the_colours_of_the_page(
    browser: Browser, api: Api, stage: Scene, dark: bool
) -> None:
    await stage.enter("ETH/USDT")
    for rate in (100.0, 104.0, 101.0):
        stage.market.wait(minutes=5)
        await stage.cycle(ETH=rate)
    await log_in(browser, api.url)
    await browser.see(width=1000, height=800, dark=dark)
    await browser.go(f"{api.url}/chart?pair=ETH/USDT")
    found = await browser.until(DRAWN)
    assert ("76,195,138" if dark else "10,122,63") in found
    assert [line for line in await browser.console() if "favicon" not in line] == []
