"""What holds for every page, in a real Chromium: quiet, narrow, readable, and usable by keyboard alone."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.server.dashboard.browser import log_in
from tests.server.dashboard.page_table import ALL_PAGES, NO_PAGES, OFTEN, PAGES
from tests.support.browser import IN_A_BROWSER, Browser
from tests.support.scripted import Scene
from tests.support.serving import Api
from tests.support.web.accessibility import COLOURS, findings

pytestmark = IN_A_BROWSER

HOSTILE = "<img src=x onerror=hacked()>"
STILL = """document.readyState === "complete" && !document.querySelector(".htmx-request")
  && (!document.querySelector("#plot") || document.documentElement.classList.contains("ready"))"""
HEADINGS = "return [document.title, document.querySelectorAll('h1').length, document.documentElement.lang]"
ACTS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
# What can be acted on and seen, in the order of the tab key; a group of radio buttons is one stop.
REACHABLE = f"""
  const groups = new Set();
  return [...document.querySelectorAll("{ACTS}")]
    .filter((each) => each.checkVisibility({{visibilityProperty: true}}) && !each.disabled)
    .filter((each) => each.tabIndex >= 0 && !each.closest("details:not([open]) > :not(summary)"))
    .filter((each) => each.type !== "radio" || !groups.has(each.name) && groups.add(each.name)).length"""
FOCUSED = f"""
  const each = document.activeElement, box = each.getBoundingClientRect(), style = getComputedStyle(each);
  return {{
    html: each.outerHTML.slice(0, 120),
    acts: each.matches("{ACTS}"),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    inSight: box.width && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  }}"""


@pytest.fixture
async def busy(stage: Scene, api: Api) -> Scene:
    """A bot with an open and a closed trade, a lock, decisions and long names."""
    await stage.enter("ETH/USDT", tag=f"{HOSTILE} {'a_tag_without_a_break' * 4}")
    await stage.enter("BTC/USDT", tag="second")
    await stage.cycle()
    stage.market.wait(minutes=5)
    await stage.cycle(ETH=104.0, BTC=97.0)
    await api.post("/forceexit", {"tradeid": "2"})
    await stage.cycle()
    until = (stage.market.now + timedelta(days=400)).isoformat()
    await api.post("/locks", [{"pair": "SOL/USDT", "until": until, "reason": HOSTILE}])
    return stage


@pytest.fixture
async def page(browser: Browser, api: Api, busy: Scene) -> Browser:
    """Somebody who is logged in, on a narrow screen."""
    await browser.see(width=320, height=640)
    await log_in(browser, api.url)
    await browser.console()
    return browser


@pytest.mark.parametrize("name", PAGES if ALL_PAGES else OFTEN)
async def test_a_page_is_quiet_narrow_readable_and_usable_by_keyboard(
    page: Browser, api: Api, busy: Scene, name: str
) -> None:
    order = next(iter(busy.bot.book.open.values())).orders[0].client_order_id
    await page.go(api.url + PAGES[name].format(order=order))
    await page.until(STILL)

    title, headings, language = await page.run(HEADINGS)
    assert len(title) > 3
    assert (headings, language) == (1, "en")
    assert await page.run("return document.documentElement.scrollWidth") <= 320
    assert await findings(page) == []
    await page.see(width=1280, height=800, dark=True)
    assert await findings(page, only=COLOURS) == []
    await reach_everything(page)
    assert await page.console() == []
    assert {urlsplit(each).netloc for each in page.requested} == {urlsplit(api.url).netloc}


async def reach_everything(page: Browser) -> None:
    """Go through the page by the tab key: the skip link first, everything once, in sight, with a ring."""
    top = "const top = document.body; top.tabIndex = -1; top.focus(); top.removeAttribute('tabindex');"
    await page.run(f"{top} scrollTo(0, 0)")
    there = await page.run(REACHABLE)
    reached = 0
    for _ in range(2 * there + 20):
        await page.press("Tab")
        at = await page.run(FOCUSED)
        if at["html"].startswith("<body"):
            break
        assert reached or "Skip to the content" in at["html"]
        assert at["ring"], f"no focus to see: {at['html']}"
        assert at["inSight"], f"out of sight: {at['html']}"
        reached += at["acts"]
    assert reached >= there


async def test_the_login_is_as_good(browser: Browser, api: Api) -> None:
    await browser.see(width=320, height=640)
    await browser.go(f"{api.url}/login")
    assert await browser.run("return document.documentElement.scrollWidth") <= 320
    assert await findings(browser) == []
    await browser.see(width=1280, height=800, dark=True)
    assert await findings(browser, only=COLOURS) == []
    assert await browser.console() == []


async def test_what_keeps_people_out_is_found(browser: Browser) -> None:
    """The check itself."""
    await browser.run(
        "document.body.innerHTML = `<p style='color: #ccc; background: #fff'>pale</p><button></button>`"
    )
    assert {each.partition(":")[0] for each in await findings(browser)} >= {"button-name", "color-contrast"}


async def test_the_table_has_every_page(api: Api) -> None:
    routes = [one for one in api.app.router.routes() if one.method == "GET" and one.resource]
    ours = [one for one in routes if one.handler.__module__.startswith("appliance.server.dashboard.")]
    shown = {address.partition("?")[0] for address in PAGES.values()}
    paths = {one.resource.canonical for one in ours if one.resource}
    for path in (one for one in paths - NO_PAGES if not one.startswith("/dashboard/")):
        pattern = re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(path))
        assert any(re.fullmatch(pattern, address) for address in shown), f"{path} is in neither table"
