"""What came of an action is seen where one is looking: in a real Chromium, on a phone, scrolled down."""

from typing import Any

import pytest
from aiohttp import web

from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard import actions
from tests.server.dashboard.browser import LIVE, Host, log_in
from tests.server.dashboard.demo_bot import DemoBot
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser

pytestmark = IN_A_BROWSER_AT_LENGTH

PHONE, DESK_SCREEN = (360, 640), (1280, 800)
ACTIONS = {
    "#do-pause": "Paused",
    "#do-stop": "Stopping trader",
    "#do-reload": "Reloading config",
    "#exit-30": "Created exit order for trade 30",
    "#exit-all": "Created exit order for trade all",
    "#enter a": "entering ETH/USDT",
}
DIALOGS = ("#exit-30", "#exit-all", "#enter a")
LAST = "document.querySelector('#notice .notice')"


async def look(browser: Browser, host: Host, app: web.Application, size: tuple[int, int]) -> None:
    await host.serve(app)
    await browser.see(width=size[0], height=size[1])
    await log_in(browser, host.url)
    await browser.until(LIVE)


async def scroll_down(browser: Browser) -> None:
    await browser.run("scrollTo(0, document.documentElement.scrollHeight)")
    await browser.until("scrollY > 500")


async def act(browser: Browser, button: str) -> None:
    """Press a button from where one is, saying yes to what is asked."""
    await browser.run("confirm = () => true")
    await browser.run(f"document.querySelector({button!r}).click()")
    if button in DIALOGS:
        await browser.until("document.querySelector('dialog[open] form')")
        await browser.run(
            "const pair = document.querySelector('#entry-pair'); if (pair) pair.value = 'ETH/USDT'"
        )
        await browser.run("document.querySelector('dialog form').requestSubmit()")


async def seen(browser: Browser, words: str) -> None:
    """Wait for a message with these words; all of it must be on the screen, before everything else."""
    await browser.until(f"{LAST}?.innerText.includes({words!r})")
    place = await browser.run(
        f"""const r = {LAST}.getBoundingClientRect();
        const middle = [r.x + r.width / 2, r.y + r.height / 2];
        return {{
            left: r.left, top: r.top, right: innerWidth - r.right, bottom: innerHeight - r.bottom,
            width: r.width,
            before: [[r.left + 9, r.top + 9], [r.right - 9, r.bottom - 9], middle].every(
                ([x, y]) => document.elementFromPoint(x, y)?.closest('.notice') === {LAST}),
        }}"""
    )
    assert min(place["left"], place["top"], place["right"], place["bottom"]) >= 0, place
    assert place["before"], place
    assert place["width"] > 200


@pytest.mark.parametrize("size", [PHONE, DESK_SCREEN], ids=["phone", "slot"])
async def test_every_action_is_reported_where_one_is(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot, size: tuple[int, int]
) -> None:
    for number in range(30):
        bot.open(f"COIN{number}/USDT", 100.0)
    await look(browser, host, make_app(bot), size)
    for button, told in ACTIONS.items():
        await scroll_down(browser)
        before = await browser.run("return scrollY")
        await act(browser, button)
        await seen(browser, told)
        assert await browser.run(f"return {LAST}.getAttribute('role')") == "status"
        moved = abs(await browser.run("return scrollY") - before)
        assert moved < 400, "nobody is carried away to the top"


async def test_a_refusal_stays_until_it_is_closed(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    for number in range(30):
        bot.open(f"COIN{number}/USDT", 100.0)
    await look(browser, host, make_app(bot), PHONE)
    for number, button in enumerate(button for button in ACTIONS if button not in DIALOGS):
        bot.refusal = f"the exchange is away {number} " + "for a long time " * 10
        await scroll_down(browser)
        await act(browser, button)
        await seen(browser, f"The exchange is away {number}")
        told = f"return [{LAST}.getAttribute('role'), getComputedStyle({LAST}).animationName]"
        assert await browser.run(told) == ["alert", "none"]
    bot.refusal = None
    bot.open("LATE/USDT", 50.0)  # the page goes on being kept up to date
    await browser.until("document.querySelector('#trade-31')")
    await seen(browser, f"The exchange is away {len(ACTIONS) - len(DIALOGS) - 1}")
    await act(browser, "#do-pause")
    await seen(browser, "Paused")
    for _ in range(3):
        await browser.run("document.querySelector('#notice .bad .close').click()")
    await browser.until("!document.querySelector('#notice .bad') && document.querySelector('#notice .good')")


async def test_a_refusal_stays_in_the_dialog_that_was_refused(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    bot.open("ETH/USDT", 100.0)
    await look(browser, host, make_app(bot), PHONE)
    bot.refusal = "the exchange is away"
    await browser.click("#exit-1")
    await browser.until("document.querySelector('dialog[open] form')")
    await browser.run("document.querySelector('dialog form').requestSubmit()")
    await browser.until("document.querySelector('#form-said')?.innerText.includes('The exchange is away')")
    bot.refusal = None
    await browser.run("document.querySelector('dialog form').requestSubmit()")
    await seen(browser, "Created exit order for trade 1")
    assert not await browser.run("return document.querySelector('dialog[open]')")


async def test_good_news_fades_and_escape_closes(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    await look(browser, host, make_app(bot), PHONE)
    await act(browser, "#do-pause")
    await seen(browser, "Paused")
    assert await browser.run(f"return getComputedStyle({LAST}).animationName") == "fade"
    await browser.run(f"{LAST}.getAnimations()[0].finish()")
    await browser.until("!document.querySelector('#notice .notice')")
    await act(browser, "#do-stop")
    await seen(browser, "Stopping")
    await browser.run(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))"
    )
    await browser.until("!document.querySelector('#notice .notice')")


async def test_the_same_again_is_one_message_and_many_do_not_cover_the_page(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    await look(browser, host, make_app(bot), PHONE)
    bot.refusal = "no"
    for _ in range(3):
        await act(browser, "#do-pause")
        await browser.until("!document.querySelector('.htmx-request')")
    await seen(browser, "No")
    assert await browser.run("return document.querySelectorAll('#notice .notice').length") == 1
    for number in range(8):
        bot.refusal = f"reason {number} " + "x" * 400
        await act(browser, "#do-pause")
        await browser.until(f"{LAST}?.innerText.includes('Reason {number}')")
    assert await browser.run("return document.querySelectorAll('#notice .notice').length") == 4
    top = await browser.run("return document.querySelector('.toasts').getBoundingClientRect().top")
    assert top > 640 * 0.35


async def test_a_bot_that_cannot_be_reached_and_one_that_starts_again(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    """The message outlives the page, which is loaded anew once the bot is back."""
    await look(browser, host, make_app(bot), PHONE)
    await host.stop()
    await act(browser, "#do-pause")
    await seen(browser, "could not be reached")
    lost = await browser.run("return document.querySelector('#lost').getBoundingClientRect().bottom")
    assert 0 < lost <= 640
    restarted = make_app()
    await host.serve(restarted)
    await browser.until("document.querySelector('#starting')")
    restarted[BOT_SLOT].bot = bot
    await browser.until(LIVE)
    await seen(browser, "could not be reached")
    assert await browser.run(f"return {LAST}.className") == "notice bad"


async def test_an_action_while_the_bot_starts_is_reported(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    app = make_app(bot)
    await look(browser, host, app, PHONE)
    await browser.run("document.querySelector('#link').dataset.live = '/nowhere'")  # the page stays as it is
    app[BOT_SLOT].bot = None
    await act(browser, "#do-pause")
    await browser.until(f"{LAST}?.innerText.includes('is starting') || document.querySelector('#starting')")


async def test_a_session_that_has_ended_says_that_nothing_was_done(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    await look(browser, host, make_app(bot), PHONE)
    await browser.forget_cookies()
    await act(browser, "#do-stop")
    await browser.until("location.pathname === '/login' && document.querySelector('.notice')")
    assert "Your command was not carried out" in await browser.text(".notice")
    assert not bot.asked


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (
            '{"error": "Error querying /x: an error inside the bot"}',
            "application/json",
            "an error inside the bot",
        ),
        ('{"detail": "Too many requests at once"}', "application/json", "Too many requests at once"),
        ("Refused: this did not come from the dashboard.", "text/plain", "did not come from the dashboard"),
        (
            "<html><h1>502 Bad Gateway</h1><center>nginx</center></html>",
            "text/html",
            "No answer of the bot (502)",
        ),
        ("", "text/plain", "No answer of the bot (502)"),
        ("[1]", "application/json", "No answer of the bot (502)"),
    ],
)
async def test_an_answer_that_is_no_message_becomes_one(
    browser: Browser,
    host: Host,
    make_app: Any,
    bot: DemoBot,
    monkeypatch: Any,
    body: str,
    kind: str,
    told: str,
) -> None:
    """Of the API, of what refuses before the bot is asked, of a proxy that does not reach the bot."""

    async def answered(*_: Any) -> web.Response:
        return web.Response(text=body, status=502, content_type=kind)

    monkeypatch.setattr(actions, "notice", answered)
    await look(browser, host, make_app(bot), PHONE)
    await act(browser, "#do-pause")
    await seen(browser, told)
    assert await browser.run(f"return {LAST}.className") == "notice bad"


async def test_good_news_does_not_begin_anew_on_each_page(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    """Who moved on within eight seconds took it along for as long as he did, over what he wanted to see."""
    await look(browser, host, make_app(bot), PHONE)
    await act(browser, "#do-pause")
    await seen(browser, "Paused")
    told = await browser.run(f"return {LAST}.dataset.at -= 5000")
    await browser.go(f"{host.url}/trades")
    await seen(browser, "Paused")
    assert await browser.run(f"return Number({LAST}.dataset.at)") == told


async def test_a_double_click_sends_a_form_once(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    """The second answer would replace the first one, which may show a token or codes that are shown once."""
    await look(browser, host, make_app(bot), DESK_SCREEN)
    stopped = await browser.run(
        """const form = document.body.appendChild(document.createElement('form')), stopped = [];
        addEventListener('submit', (event) => {
            stopped.push(event.defaultPrevented); event.preventDefault();
        });
        form.requestSubmit(); form.requestSubmit();
        return stopped;"""
    )
    assert stopped == [False, True]
