"""Forms in a dialog over the page that leads to them: nothing that happens meanwhile disturbs them."""

from typing import Any

import pytest

from tests.server.dashboard.browser import LIVE, Host, log_in
from tests.server.dashboard.demo_bot import DemoBot
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser
from tests.support.scripted import Scene
from tests.support.serving import Api
from tests.support.web.accessibility import findings

pytestmark = IN_A_BROWSER_AT_LENGTH

OPEN = "document.querySelector('dialog[open] form')"


async def test_typed_input_survives_what_happens_and_a_double_click_is_one_order(
    browser: Browser, api: Api, stage: Scene
) -> None:
    await stage.cycle()
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    await log_in(browser, api.url)
    await browser.go(f"{api.url}/trades/{trade.id}")
    await browser.until(LIVE)
    await browser.click("a[href$='/exit']")
    await browser.until(OPEN)
    await browser.click("input[name=part][value=size]")
    await browser.type("#exit-size", "40")
    await browser.until("document.querySelector('#preview').innerText.includes('0.4 ETH')")
    await stage.cycle(ETH=103.0)
    await browser.until("document.querySelector('#link').innerText === 'live'")
    assert await browser.run("return document.querySelector('#exit-size').value") == "40"
    await browser.run(f"const form = {OPEN}; form.requestSubmit(); form.requestSubmit()")
    await browser.until("document.querySelector('#notice').innerText.includes('0.4 ETH of it')")
    assert await browser.run("return document.querySelector('dialog[open]') === null")
    await stage.cycle()
    await browser.until("document.querySelector('.story').innerText.includes('0.4 ETH of it')")
    exits = [order for order in trade.orders if order.ft_order_side == "sell"]
    assert [order.ft_amount for order in exits] == [0.4]
    assert await browser.console() == []


async def test_a_dialog_is_used_by_keyboard_alone_on_a_phone(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    bot.open("ETH/USDT", 100.0)
    await host.serve(make_app(bot))
    await browser.see(width=320, height=640)
    await log_in(browser, host.url)
    await browser.until(LIVE)
    await browser.run("document.querySelector('#exit-1').focus()")
    await browser.press("Enter")
    await browser.until(OPEN)
    assert await findings(browser) == []
    inside = "return document.querySelector('dialog').contains(document.activeElement)"
    assert await browser.run(inside)
    wide = "return [document.querySelector('dialog').scrollWidth, document.documentElement.scrollWidth]"
    assert max(await browser.run(wide)) <= 320
    await browser.press("Escape")
    await browser.until("!document.querySelector('dialog[open]')")
    assert await browser.run("return document.activeElement.id") == "exit-1"
    await browser.press("Enter")
    await browser.until(OPEN)
    for _ in range(12):
        await browser.press("Tab")
        if await browser.run("return document.activeElement.matches('button[type=submit]')"):
            break
    await browser.press("Enter")
    await browser.until("document.querySelector('#notice').innerText.includes('exit order for trade 1')")
    assert bot.asked == [("force_exit", "1")]


async def test_the_chart_stays_while_the_page_changes(
    browser: Browser, api: Api, stage: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    flat = stage.market.fetch_candles

    async def moving(pair: str, timeframe: str, **more: Any) -> Any:
        rows = await flat(pair, timeframe, **more)
        rows[:, 2] += 6.0
        rows[:, 3] -= 6.0
        return rows

    monkeypatch.setattr(stage.market, "fetch_candles", moving)
    await stage.cycle()
    trade = await stage.enter("ETH/USDT")
    stage.market.wait(minutes=5)
    await stage.cycle(ETH=101.0)
    await log_in(browser, api.url)
    await browser.go(f"{api.url}/trades/{trade.id}")
    await browser.until("document.documentElement.classList.contains('ready')")
    await browser.until("document.querySelectorAll('#trade-picture canvas').length")
    await browser.run("window.drawn = document.querySelector('#trade-picture canvas')")
    await stage.cycle(ETH=104.0)
    await browser.until("document.querySelector('.big-figure').innerText.includes('+3.80')")
    assert await browser.run("return window.drawn.isConnected")
    colours = """return [...document.querySelectorAll("#trade-picture canvas")].some((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const isRed = (at) => data[at] > 150 && data[at + 1] < 60 && data[at + 3] > 200;
      return data.some((_, at) => at % 4 === 0 && isRed(at));
    })"""
    assert await browser.run(colours), "the stop is drawn in red"
    assert await browser.console() == []
