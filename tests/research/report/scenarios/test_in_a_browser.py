"""Reports in a real Chromium: nothing is asked of a network, charts are drawn, lists can be used."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.research.report.page import report_page
from appliance.research.report.terms import Terms
from tests.research.report.made import Series, outcome, rows, trade
from tests.support.browser import IN_A_BROWSER, Browser

pytestmark = [*IN_A_BROWSER, pytest.mark.python_independent]

TERMS = Terms(timeframe="5m", stake_currency="USDT")
HOSTILE = "</script><script>window.hacked = 1</script>\"'<img src=x onerror='window.hacked = 1'>"
READY = "document.documentElement.classList.contains('ready')"
# Pixels of a canvas that are not empty.
DRAWN = """
  return [...document.querySelectorAll('%s canvas')].reduce((sum, canvas) => {
    if (!canvas.width) return sum;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let place = 3; place < data.length; place += 4) sum += data[place] > 0;
    return sum;
  }, 0)"""
REQUESTS = """
  return performance.getEntriesByType('resource').map((entry) => entry.name)
    .filter((name) => !name.startsWith('data:'))"""


@pytest.fixture
def report(tmp_path: Path) -> str:
    """Return the address of a report with 120 trades of two pairs, long and short."""
    closes = 100 + np.cumsum(np.random.default_rng(3).normal(0, 0.4, 2000)).round(2)
    trades = []
    for number in range(120):
        begin = number * 16
        made = closes[begin + 9]
        orders = [(begin, "entry", 1.0, closes[begin]), (begin + 4, "exit", 0.4, closes[begin + 4])]
        fields = {
            "pair": "ETH/USDT" if number % 3 else "BTC/USDT",
            "is_short": number % 4 == 0,
            "enter_tag": HOSTILE if number == 5 else f"tag {number % 5}",
            "exit_reason": "stop_loss" if number % 7 == 0 else "roi",
        }
        trades.append(trade(*orders, (begin + 9, "exit", 0.6, made), **fields))
    file = tmp_path / "report.html"
    pairs = ("BTC/USDT", "ETH/USDT", "LTC/USDT")
    series = [Series(pair, rows(closes)) for pair in pairs]
    file.write_bytes(report_page(outcome(trades, candles=2000), series, TERMS, [HOSTILE]))
    return file.as_uri()


async def opened(browser: Browser, address: str, **screen: Any) -> None:
    await browser.see(**({"width": 1280, "height": 900} | screen))
    await browser.go(address)
    await browser.until(READY)


async def cells(browser: Browser, table: str, column: int) -> list[str]:
    rows_ = f"[...document.querySelectorAll('{table} tbody tr')]"
    found = await browser.run(f"return {rows_}.map((row) => row.cells[{column}].innerText)")
    return [str(text) for text in found]


@pytest.mark.parametrize(
    "screen", [{}, {"dark": True}, {"width": 390, "height": 800}], ids=["desktop", "dark", "phone"]
)
async def test_a_report_opens_without_a_network(
    browser: Browser, report: str, screen: dict[str, Any]
) -> None:
    await opened(browser, report, **screen)
    assert await browser.run(REQUESTS) == []
    assert await browser.run(DRAWN % "#equity-chart") > 1000
    assert await browser.run("return window.hacked") is None
    assert await browser.run("return document.documentElement.scrollWidth <= innerWidth")
    assert await browser.console() == []


async def test_lists_are_sorted_filtered_and_turned(browser: Browser, report: str) -> None:
    await opened(browser, report)
    assert len(await cells(browser, ".list", 0)) == 50
    await browser.click("#trades-after")
    await browser.click("#trades-after")
    assert len(await cells(browser, ".list", 0)) == 20
    assert await browser.text("#trades-page") == "page 3 of 3"

    await browser.click("#trades-head th:nth-child(2) button")
    profits = [float(text.split()[0].replace("−", "-")) for text in await cells(browser, ".list", 1)]
    assert profits == sorted(profits, reverse=True)
    assert await browser.text("#trades-page") == "page 1 of 3"
    await browser.click("#trades-head th:nth-child(1) button")
    assert {text.split()[0] for text in await cells(browser, ".list", 0)} == {"BTC/USDT", "ETH/USDT"}

    await browser.type("#filter-text", "onerror")
    assert len(await cells(browser, ".list", 0)) == 1
    await browser.type("#filter-text", "nothing like this")
    assert await browser.run("return !document.querySelector('#trades-none').hidden")
    await browser.click("#trades-reset")
    await browser.click("#reasons button[data-value=stop_loss]")
    assert await browser.text("#trades-count") == "18 of 120"
    assert set(await cells(browser, ".list", 6)) == {"stop_loss"}

    names = await cells(browser, "#tags", 0)
    assert HOSTILE in names
    await browser.click("#tags thead th:nth-child(1) button")
    assert await cells(browser, "#tags", 0) == sorted(names)
    await browser.click("#tags thead th:nth-child(3) button")
    sums = [float(text.replace("−", "-")) for text in await cells(browser, "#tags", 2)]
    assert sums == sorted(sums, reverse=True)
    assert await browser.console() == []


async def test_a_trade_is_shown_on_its_candles(browser: Browser, report: str) -> None:
    await opened(browser, report)
    await browser.run("document.querySelector('#trades-body button').focus()")
    await browser.press("Enter")
    await browser.until("document.querySelector('#trade-chart canvas')")
    assert await browser.text("#trade-title") == "BTC/USDT short, trade 1"
    assert await browser.run(DRAWN % "#trade-chart") > 1000
    assert [row.split("\t")[1] for row in (await browser.text("#trade-orders")).splitlines()] == [
        "Entry",
        "Exit",
        "Exit",
    ]
    await browser.press("ArrowRight")
    await browser.until("document.querySelector('#trade-title').innerText === 'ETH/USDT long, trade 2'")
    await browser.press("Escape")
    await browser.until("!document.querySelector('#trade').open")
    assert await browser.run("return document.activeElement.innerText") == "BTC/USDT"
    assert await browser.run("return window.hacked") is None
    assert await browser.console() == []


async def test_curves_can_be_switched_and_steered(browser: Browser, report: str) -> None:
    await opened(browser, report)
    assert "Market" not in await browser.text("#equity-chart .legend")
    await browser.click("#equity-switches label:nth-child(3) input")
    await browser.run("document.querySelector('#equity-chart').focus()")
    await browser.press("+", "ArrowLeft", "-", "Home")
    assert await browser.console() == []


@pytest.fixture
def empty_report(tmp_path: Path) -> str:
    file = tmp_path / "empty.html"
    file.write_bytes(report_page(outcome([], candles=50), [Series("ETH/USDT", rows([100.0] * 50))], TERMS))
    return file.as_uri()


async def test_a_report_without_trades_has_its_curve(browser: Browser, empty_report: str) -> None:
    await opened(browser, empty_report)
    assert "No trades:" in await browser.text("#trades")
    assert await browser.run(DRAWN % "#equity-chart") > 100
    assert await browser.console() == []
