"""Take pictures of every page of the dashboard: light, dark, and on a phone.

    python -m tests.screenshots --into build/screenshots --pages overview,chart
    python -m tests.screenshots --docs

The bot has traded on the simulated market for a month; its files are in build/month. `--docs` makes the
pictures of the documentation instead.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.listening.listener import serve
from tests.screenshots import animation
from tests.screenshots.month import ENDS, STEP, Month, month
from tests.server.dashboard.page_table import PAGES
from tests.support.browser import Browser, chromium, close_chromium, missing
from tests.support.serving import PASSWORD, USER

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURED = PAGES | {"chart": "/chart?pair={pair}", "pair": "/pairs/{pair}", "trade": "/trades/{trade}"}
STILL = """document.readyState === "complete" && !document.querySelector(".htmx-request")
  && document.querySelector("#link")?.innerText !== "connecting"
  && (!document.querySelector("#plot") || document.documentElement.classList.contains("ready"))"""


class Screen(NamedTuple):
    name: str
    width: int
    height: int
    dark: bool = False


SCREENS = (Screen("light", 1280, 800), Screen("dark", 1280, 800, dark=True), Screen("phone", 390, 844))
TOUR = (1080, 720)


class Photographer:
    """Look at the pages of one bot, logged in."""

    def __init__(self, browser: Browser, url: str, found: Month) -> None:
        self.browser = browser
        self.url = url
        self._month = found

    async def log_in(self) -> None:
        await self.browser.go(f"{self.url}/login")
        await self.browser.type("#username", USER)
        await self.browser.type("#password", PASSWORD)
        await self.browser.click("button[type=submit]")
        await self.browser.until("location.pathname === '/' && document.readyState === 'complete'")

    async def open(self, name: str) -> None:
        await self.browser.go(self.url + PICTURED[name].format(**self._chosen()))
        await self.browser.until(STILL)
        await asyncio.sleep(0.3)  # what is drawn after that

    async def take(self, name: str, screen: Screen, into: Path) -> None:
        await self.browser.see(width=screen.width, height=screen.height, dark=screen.dark)
        await self.open(name)
        await self.browser.picture(into / f"{name}-{screen.name}.png")

    def _chosen(self) -> dict[str, object]:
        """Return what stands for the parts of an address: of the open trade that has gone furthest."""
        book = self._month.bot.book
        staying = [one for one in book.open.values() if not one.exit_reason] or list(book.open.values())
        trade = max(staying, key=lambda one: book.rates.get(one.pair, 0.0) / one.open_rate)
        return {"trade": trade.id, "pair": trade.pair, "order": trade.orders[0].client_order_id}


@asynccontextmanager
async def photographer(found: Month) -> AsyncIterator[Photographer]:
    """Serve the dashboard, and open a browser on it."""
    app = create_app(found.bot.settings, log_buffer=found.logs, user_data=found.folder)
    app[BOT_SLOT].bot = found.bot
    runner = await serve(app, "127.0.0.1", 0)
    try:
        async with chromium() as browser:
            yield Photographer(browser, "http://{}:{}".format(*runner.addresses[0][:2]), found)
    finally:
        await runner.cleanup()


async def take_all(pages: list[str], into: Path) -> None:
    async with month(ROOT / "build" / "month") as found, photographer(found) as camera:
        if "login" in pages:
            for screen in SCREENS:
                await camera.browser.see(width=screen.width, height=screen.height, dark=screen.dark)
                await camera.browser.go(f"{camera.url}/login")
                await camera.browser.picture(into / f"login-{screen.name}.png")
        await camera.log_in()
        for name in pages:
            for screen in SCREENS if name != "login" else ():
                await camera.take(name, screen, into)
                print(into / f"{name}-{screen.name}.png", flush=True)


async def take_for_docs(into: Path, scratch: Path) -> None:
    """Make two pictures, and a tour: hours of trading on the overview, then page after page."""
    async with month(ROOT / "build" / "month", end=ENDS - 8 * STEP) as found, photographer(found) as camera:
        browser = camera.browser
        await browser.see(width=TOUR[0], height=TOUR[1])
        await camera.log_in()
        stills: list[tuple[Path, float]] = []

        async def still(seconds: float) -> None:
            stills.append((scratch / f"{len(stills)}.webp", seconds))
            await browser.picture(stills[-1][0], whole=False)

        await camera.open("overview")
        await still(1.5)
        for _ in range(8):
            await found.pass_until(found.now + STEP)
            await asyncio.sleep(2.5)  # the page follows by itself
            await still(0.6)
        for name in ("trade", "chart", "pairs", "performance"):
            await camera.open(name)
            await still(1.8)
        await browser.see(width=TOUR[0], height=TOUR[1], dark=True)
        await camera.open("overview")
        await still(1.8)
        animation.write(into / "dashboard-tour.webp", stills, TOUR)
        await browser.see(width=1280, height=860, sharp=2)
        await camera.open("overview")
        await browser.picture(into / "dashboard.webp", whole=False)
        await browser.see(width=1280, height=860, sharp=2, dark=True)
        await camera.open("chart")
        await browser.picture(into / "dashboard-chart.webp", whole=False)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--pages", default=",".join(["login", *PAGES]))
    parser.add_argument("--docs", action="store_true", help="make the pictures of docs/images instead")
    given = parser.parse_args()
    if lack := missing():
        raise SystemExit(f"screenshots: {lack}")
    given.into.mkdir(parents=True, exist_ok=True)
    try:
        if given.docs:
            asyncio.run(take_for_docs(ROOT / "docs" / "images", given.into))
        else:
            asyncio.run(take_all(given.pages.split(","), given.into))
    finally:
        close_chromium()


if __name__ == "__main__":
    main()
