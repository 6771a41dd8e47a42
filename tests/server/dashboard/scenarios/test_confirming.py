"""A browser is asked for the password in a dialog, and the very command is then carried out."""

import pytest

from appliance.server.dashboard.app_state import DASHBOARD
from tests.server.dashboard.browser import LIVE, Host, log_in
from tests.server.dashboard.demo_bot import PASSWORD, DemoBot
from tests.support.browser import Browser, is_installed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="chromium and chromedriver are not installed"),
    pytest.mark.xdist_group("browser"),
]
DIALOG = "document.querySelector('.confirm-dialog[open]')"


async def test_the_dialog_repeats_the_command(host: Host, browser: Browser, make_app, bot: DemoBot) -> None:
    bot.open("BTC/USDT", 100.0)
    app = make_app(bot)
    await host.serve(app)
    await log_in(browser, host.url)
    await browser.until(LIVE)
    make_late(app)
    await browser.run("window.confirm = () => true")
    await browser.click("#exit-1")
    await browser.until(DIALOG)
    assert not bot.asked
    await browser.call("POST", "/actions", actions=pressed("\ue00c"))  # Escape
    await browser.until(f"!{DIALOG}")
    assert not bot.asked

    await browser.click("#exit-1")
    await browser.until(DIALOG)
    await browser.type("#confirm-password", "wrong\ue007")
    await browser.until("document.querySelector('.confirm-dialog .bad')")
    await browser.type("#confirm-password", PASSWORD + "\ue007")
    await browser.until(f"!{DIALOG} && document.querySelector('#notice .good')")
    assert bot.asked == [("force_exit", "1")]


def make_late(app) -> None:
    clock = app[DASHBOARD].clock
    app[DASHBOARD].clock = lambda: clock() + 1000


def pressed(key: str) -> list[dict[str, object]]:
    presses = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
    return [{"type": "key", "id": "keyboard", "actions": presses}]
