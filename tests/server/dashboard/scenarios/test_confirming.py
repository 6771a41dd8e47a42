"""A browser is asked for the password in a dialog, and the very command is then carried out."""

from typing import Any

from appliance.server.dashboard.app_state import DASHBOARD
from tests.server.dashboard.browser import LIVE, Host, log_in
from tests.server.dashboard.demo_bot import PASSWORD, DemoBot
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser

pytestmark = IN_A_BROWSER_AT_LENGTH
DIALOG = "document.querySelector('.confirm-dialog[open]')"


async def test_the_dialog_repeats_the_command(
    host: Host, browser: Browser, make_app: Any, bot: DemoBot
) -> None:
    bot.open("BTC/USDT", 100.0)
    app = make_app(bot)
    await host.serve(app)
    await log_in(browser, host.url)
    await browser.until(LIVE)
    clock = app[DASHBOARD].clock
    app[DASHBOARD].clock = lambda: clock() + 1000

    await browser.click("#exit-1")
    await browser.click("#dialog #form .primary")
    await browser.until(DIALOG)
    assert await browser.run("return document.activeElement.id") == "confirm-password"
    await browser.press("Escape")
    await browser.until(f"!{DIALOG} && document.querySelector('#dialog[open]')")
    assert not bot.asked

    await browser.click("#dialog #form .primary")
    await browser.until(DIALOG)
    await browser.type("#confirm-password", "wrong")
    await browser.press("Enter")
    await browser.until("document.querySelector('.confirm-dialog .bad')")
    await browser.type("#confirm-password", PASSWORD)
    await browser.press("Enter")
    await browser.until(f"!{DIALOG} && document.querySelector('#notice .good')")
    assert bot.asked == [("force_exit", "1")]
