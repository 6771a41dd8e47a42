"""Passkeys in a real Chromium, with an authenticator that its devtools simulate."""

from pathlib import Path
from typing import Any

from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.logins.logins import LOGINS
from tests.server.dashboard.browser import LIVE, Host, log_in
from tests.server.dashboard.demo_bot import DemoBot, DemoLogs
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser

pytestmark = IN_A_BROWSER_AT_LENGTH


async def authenticator(browser: Browser) -> str:
    await browser.devtools("WebAuthn.enable")
    made = await browser.devtools(
        "WebAuthn.addVirtualAuthenticator",
        options={
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
        },
    )  # fmt: skip
    return str(made["authenticatorId"])


async def test_a_passkey_is_made_and_lets_in_without_password(
    host: Host, browser: Browser, bot: DemoBot, logs: DemoLogs, tmp_path: Path
) -> None:
    bot.open("BTC/USDT", 100.0)
    app: Any = create_app(bot.settings, log_buffer=logs, user_data=tmp_path)
    app[BOT_SLOT].bot = bot
    await host.serve(app)
    url = host.url.replace("127.0.0.1", "localhost")
    device = await authenticator(browser)

    await log_in(browser, url)
    assert not await browser.run("return document.querySelector('script[src*=passkeys]')")
    await browser.go(f"{url}/settings/security")
    await browser.type("#passkey-name", "Laptop")
    await browser.click("#passkeys .primary")
    await browser.until("document.querySelector('#passkeys li strong')?.innerText === 'Laptop'")

    await browser.click("form[action=logout] button")
    await browser.until("location.pathname === '/login' && document.readyState === 'complete'")
    await browser.click("#by-passkey")
    await browser.until(f"location.pathname === '/' && {LIVE}")
    assert 'logged in by passkey "Laptop"' in repr(bot.audited)
    [key] = app[LOGINS].known.passkeys
    assert (key.host, key.used > 0, key.counter > 0) == ("localhost", True, True)

    clock = app[DASHBOARD].clock
    app[DASHBOARD].clock = lambda: clock() + 1000
    await browser.click("#exit-1")
    await browser.click("#dialog #form .primary")
    await browser.click("[data-use-passkey]")
    await browser.until("!document.querySelector('.confirm-dialog')")
    await browser.until("document.querySelector('#notice .good')")
    assert ("force_exit", "1") in bot.asked

    await browser.devtools("WebAuthn.setUserVerified", authenticatorId=device, isUserVerified=False)
    await browser.go(f"{url}/settings/security")
    await browser.click("form[action=logout] button")
    await browser.until("location.pathname === '/login' && document.readyState === 'complete'")
    await browser.click("#by-passkey")
    await browser.until("!document.querySelector('[data-problem]').hidden")
    assert await browser.run("return location.pathname") == "/login"
