"""Plots in a real Chromium."""

from pathlib import Path

import pytest

from appliance.domain.trade import Trade
from appliance.research.plots.indicators import drawn
from appliance.research.plots.pair_page import pair_page
from appliance.research.plots.profit_page import profit_page
from appliance.research.report.terms import Terms
from tests.research.plots.test_pair_page import SUBJECT, frame
from tests.research.report.made import Series, rows, trade
from tests.research.report.scenarios.test_in_a_browser import DRAWN, READY, REQUESTS
from tests.support.browser import IN_A_BROWSER, Browser

pytestmark = [*IN_A_BROWSER, pytest.mark.python_independent]

TERMS = Terms(timeframe="5m", stake_currency="USDT")
MANY = 20_000
CONFIG = {
    "main_plot": {"ema": {"color": "</style>", "fill_to": "close"}},
    "subplots": {"RSI": {"rsi": {"type": "bar", "color": "red"}}},
}
SLIDER = "document.querySelector('#plot-place')"


def trades() -> list[Trade]:
    begins = (10, 9000, 19_000)
    found = [trade((place, "entry", 1.0, 100.0), (place + 9, "exit", 1.0, 101.0)) for place in begins]
    return [*found, trade((19_500, "entry", 1.0, 100.0), is_short=True)]


@pytest.fixture
def pair_file(tmp_path: Path) -> str:
    file = tmp_path / "pair.html"
    file.write_bytes(pair_page(SUBJECT, frame(MANY), drawn(CONFIG), trades()))
    return file.as_uri()


@pytest.fixture
def profit_file(tmp_path: Path) -> str:
    file = tmp_path / "profit.html"
    series = [Series("ETH/USDT", rows([100.0 + place % 9 for place in range(MANY)]))]
    file.write_bytes(profit_page(trades(), series, TERMS, 1000.0))
    return file.as_uri()


async def test_a_long_plot_takes_its_candles_as_it_is_moved(browser: Browser, pair_file: str) -> None:
    await browser.see(width=1200, height=900, dark=True)
    await browser.go(pair_file)
    await browser.until(READY)
    assert "RSI: rsi" in await browser.text("#plot-legend")
    last = int(await browser.run(f"return {SLIDER}.value"))
    assert last > MANY - 200

    await browser.click("#trades-body tr:nth-child(2) button")
    await browser.until(f"Math.abs({SLIDER}.value - 9004) < 10")
    await browser.until("document.activeElement.id === 'plot'")
    for key in 25 * ["-"] + 60 * ["ArrowLeft"]:  # beyond what the chart held before
        await browser.press(key)
        if await browser.run(f"return {SLIDER}.value < 5000"):
            break
    assert int(await browser.run(f"return {SLIDER}.value")) < 5000

    await browser.run(f"{SLIDER}.value = 300; {SLIDER}.dispatchEvent(new Event('input'))")
    await browser.click("#plot-switches label input")
    assert await browser.run(DRAWN % "#plot") > 1000
    assert await browser.run(REQUESTS) == []
    assert await browser.console() == []


async def test_profits_are_drawn(browser: Browser, profit_file: str) -> None:
    await browser.see(width=390, height=800)
    await browser.go(profit_file)
    await browser.until(READY)
    assert await browser.run(DRAWN % "#plot") > 1000
    legend = await browser.text("#plot-legend")
    for name in ("Profit", "Equity", "ETH/USDT", "Open trades", "Drawdown", "Market"):
        assert name in legend
    assert await browser.run("return document.documentElement.scrollWidth <= innerWidth")
    assert await browser.run(REQUESTS) == []
    assert await browser.console() == []
