"""The chart page in a real Chromium: other pairs and indicators without loading, marks in their colours."""

from typing import Any

from appliance.server.bot_slot import BOT_SLOT
from tests.server.dashboard.browser import LIVE, log_in
from tests.server.dashboard.scenarios.test_browser import DRAWN
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser
from tests.support.scripted import Scene
from tests.support.serving import Api

pytestmark = IN_A_BROWSER_AT_LENGTH
MARKUP = "<img src=x onerror=document.title='bad'>"
LEGEND = "document.querySelector('#plot-legend').innerText"


def changed(field: str, value: str) -> str:
    """Return the script of a user who changes a field."""
    return (
        f"const field = document.querySelector({field!r}); field.value = {value!r};"
        "field.dispatchEvent(new Event('change', { bubbles: true }))"
    )


async def test_pair_and_indicators_are_chosen_without_loading_the_page(
    browser: Browser, api: Api, stage: Scene, tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("appliance.server.dashboard.charts.chart_live.LOOK_SECONDS", 0.1)
    api.app[BOT_SLOT].user_data = tmp_path
    strategy = stage.bot.strategy
    strategy.plot_config = {"main_plot": {"high": {"color": "#ff00ff"}}, "subplots": {MARKUP: {"volume": {}}}}
    monkeypatch.setattr(
        type(strategy),
        "plot_annotations",
        lambda self, **_: [{"type": "area", "y_start": 1, "color": "#00ffff", "label": MARKUP}],
        raising=False,
    )
    for rate in (100.0, 104.0, 101.0):
        stage.market.wait(minutes=5)
        await stage.cycle(ETH=rate)
    await log_in(browser, api.url)
    await browser.see(width=1000, height=900)
    await browser.go(f"{api.url}/chart?pair=ETH/USDT")
    found = await browser.until(DRAWN)
    assert {"255,0,255", "0,255,255"} <= set(found), "the indicator and the annotation"
    assert MARKUP in await browser.text("#plot-legend")

    await browser.run("window.mark = 1")
    await browser.run(changed("#chart-pair", "BTC/USDT"))
    await browser.until("document.querySelector('h1').innerText.startsWith('BTC/USDT')")
    assert "pair=BTC%2FUSDT" in await browser.run("return location.search")
    await browser.run("history.back()")
    await browser.until("document.querySelector('h1').innerText.startsWith('ETH/USDT')")

    await browser.run("document.querySelector('details.card').open = true")
    await browser.until("document.querySelectorAll('[data-rows] li').length === 2")
    await browser.run(changed("[data-rows] li:last-child [data-field=column]", "low"))
    await browser.until(f"{LEGEND}.includes('low') && {LEGEND}.split('low').length > 2")
    assert await browser.text("#plot-note") == "Not saved yet."

    before = await browser.text("#plot-legend")
    stage.market.wait(minutes=5)
    await stage.cycle(ETH=107.0)
    await browser.until(f"{LEGEND} !== {before!r}")
    assert await browser.run("return window.mark") == 1, "never loaded again"
    assert (await browser.run("return document.title")).startswith("ETH/USDT")

    await browser.type("#plot-name", "my own")
    await browser.click(".plot-editor button.primary")
    await browser.until("location.search.includes('plot=my+own') && document.readyState === 'complete'")
    await browser.until(f"{LEGEND}.split('low').length > 2")
    assert await browser.run("return document.querySelectorAll('main img').length") == 0
    assert [line for line in await browser.console() if "favicon" not in line] == []


async def test_the_page_of_a_trade_that_is_removed_says_so(
    browser: Browser, api: Api, stage: Scene, monkeypatch: Any
) -> None:
    """It stayed as it was, with buttons for a trade that was not there."""
    monkeypatch.setattr("appliance.server.dashboard.live.LEAST_BETWEEN_CHANGES", 0.05)
    trade = await stage.enter("ETH/USDT", price=50.0)
    await log_in(browser, api.url)
    await browser.go(f"{api.url}/trades/{trade.id}")
    await browser.until(LIVE)
    await stage.bot.interventions.cancel_open_orders(stage.bot.state, trade.id)
    await browser.until("document.body.innerText.includes('There is no trade')")
