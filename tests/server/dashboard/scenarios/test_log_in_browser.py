"""The live tail of the log in a real Chromium: it appends, waits for its reader, and goes on."""

from typing import Any

from tests.server.dashboard.browser import Host, log_in
from tests.server.dashboard.demo_bot import DemoBot, DemoLogs
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser

pytestmark = IN_A_BROWSER_AT_LENGTH
LINES = "document.querySelectorAll('#log-lines li').length"


async def test_new_lines_come_and_wait_while_somebody_reads(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot, logs: DemoLogs, monkeypatch: Any
) -> None:
    monkeypatch.setattr("appliance.server.dashboard.pages.logs_live.LOOK_SECONDS", 0.05)
    for number in range(100):
        logs.add("INFO", f"line {number}")
    await host.serve(make_app(bot))
    await log_in(browser, host.url)
    await browser.see(width=800, height=600)
    await browser.go(f"{host.url}/logs?text=line")
    await browser.until(f"{LINES} === 100 && !document.querySelector('#log-pause').hidden")
    await browser.run("window.first = document.querySelector('#log-lines li')")
    logs.add("ERROR", "line <b>with</b> markup\n  and more")
    await browser.until(f"{LINES} === 101")
    assert "line <b>with</b> markup" in await browser.text("#log-lines li:last-child")
    assert await browser.text("#log-errors") == "1"

    await browser.run("document.querySelector('#log-lines').scrollTop = 0")
    logs.add("INFO", "line that waits")
    logs.add("INFO", "of no interest")
    await browser.until("document.querySelector('#log-state').innerText.includes('1 new line')")
    assert await browser.run(f"return {LINES}") == 101
    await browser.click("#log-pause")
    await browser.until(f"{LINES} === 102")
    assert await browser.run("return window.first.isConnected"), "nothing was rendered again"

    await browser.click("#log-pause")
    logs.add("INFO", "line while paused")
    await browser.until("document.querySelector('#log-state').innerText === 'Paused: 1 new line.'")
    await browser.click("#log-pause")
    await browser.until(f"{LINES} === 103")
