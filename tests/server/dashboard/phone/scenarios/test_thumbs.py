"""What is at hand on a phone: pausing by one tap, exiting all trades by holding a button."""

import re
from typing import Any

import pytest

from tests.server.dashboard.browser import LIVE, Host, log_in
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser

HOLD = "#hold-exit"
PLACE = f"""const box = document.querySelector({HOLD!r}).getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];"""
WATCH_TIMERS = """
  window.waits = [];
  const { setTimeout: set, clearTimeout: clear } = window;
  window.setTimeout = (then, ms) => {
    const id = set(then, ms);
    if (ms === 1500) waits.push(id);
    return id;
  };
  window.clearTimeout = (id) => {
    waits = waits.filter((one) => one !== id);
    clear(id);
  };"""


def bar_in(page: str) -> str:
    found = re.search(r'<div id="thumbs".*?</div>', page, re.DOTALL)
    assert found
    return found.group()


async def test_it_has_what_the_bot_can_do_now(trader: Visitor, bot: DemoBot) -> None:
    bar = bar_in(await trader.page("/"))
    assert 'hx-post="dashboard/pause"' in bar
    assert "force_exit" not in bar
    bot.open("BTC/USDT", 50_000.0)
    bot.pause()
    bar = bar_in(await trader.page("/"))
    assert ("Resume" in bar, "Hold to exit all (1)" in bar) == (True, True)
    assert 'class="thumbs needs-operator"' in bar, "which hides it from viewers"


@pytest.fixture
async def phone(browser: Browser, host: Host, make_app: Any, bot: DemoBot) -> Browser:
    """The overview with two open trades on a small phone."""
    bot.open("BTC/USDT", 50_000.0)
    bot.open("ETH/USDT", 3_000.0)
    await host.serve(make_app(bot))
    await browser.see(width=360, height=640)
    await log_in(browser, host.url)
    await browser.until(LIVE)
    return browser


async def press(phone: Browser, *, slide: bool = False) -> None:
    """Put a pointer down on the button, and perhaps slide off it."""
    x, y = await phone.run(PLACE)
    await phone.do(lambda page: page.mouse.move(x, y))
    await phone.do(lambda page: page.mouse.down())
    await phone.until("document.body.classList.contains('holding')")
    if slide:
        await phone.do(lambda page: page.mouse.move(x, y - 200))
        await phone.until("!document.body.classList.contains('holding')")


@pytest.mark.browser
@IN_A_BROWSER_AT_LENGTH[1]
@IN_A_BROWSER_AT_LENGTH[2]
class TestOnAPhone:
    async def test_it_is_large_at_the_bottom_and_covers_nothing(self, phone: Browser) -> None:
        sizes = await phone.run("""return [...document.querySelector('#thumbs').children].map((one) => {
          const box = one.getBoundingClientRect(); return [box.height, box.bottom]; })""")
        assert all(height >= 44 and bottom <= 640 for height, bottom in sizes[:2])
        assert len(sizes) == 3, "the last one is not seen"
        await phone.run("scrollTo(0, document.body.scrollHeight)")
        footer, bar = await phone.run("""return ['footer', '#thumbs'].map((one) => {
          const part = document.querySelector(one), box = part.getBoundingClientRect();
          return one === 'footer' ? box.bottom - parseFloat(getComputedStyle(part).paddingBottom) : box.top;
        })""")
        assert footer <= bar
        await phone.see(width=1280, height=800)
        assert await phone.run("return document.querySelector('#thumbs').checkVisibility()") is False

    async def test_one_tap_pauses(self, phone: Browser, bot: DemoBot) -> None:
        await phone.click("#thumb-pause")
        await phone.until("document.querySelector('#thumb-start')?.innerText === 'Resume'")
        assert bot.asked == [("paused",)]
        assert phone.asked == []

    async def test_held_for_long_enough_it_exits_all_without_a_question(
        self, phone: Browser, bot: DemoBot
    ) -> None:
        await press(phone)
        await phone.until("document.querySelector('#notice').innerText.length > 0")
        await phone.do(lambda page: page.mouse.up())
        assert bot.asked == [("force_exit", "all")]
        assert phone.asked == []

    @pytest.mark.parametrize("slide", [False, True])
    async def test_released_early_or_slid_off_nothing_happens(
        self, phone: Browser, bot: DemoBot, slide: bool
    ) -> None:
        await phone.run(WATCH_TIMERS)
        await press(phone, slide=slide)
        assert await phone.run("return waits.length") == (0 if slide else 1)
        await phone.do(lambda page: page.mouse.up())
        await phone.until("waits.length === 0 && !document.body.classList.contains('holding')")
        assert (bot.asked, phone.asked) == ([], [])

    async def test_by_keyboard_it_opens_the_form(self, phone: Browser, bot: DemoBot) -> None:
        await phone.run(f"document.querySelector({HOLD!r}).focus()")
        await phone.press("Enter")
        await phone.until("document.querySelector('dialog[open] [data-form]')")
        assert bot.asked == []
        await phone.click("dialog button[type=submit]")
        await phone.until("document.querySelector('#notice').innerText.length > 0")
        assert bot.asked == [("force_exit", "all")]
