"""Drive an unmodified FreqUI, served from an origin of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from tests.support.browser import Browser

FIND = (
    "[...document.querySelectorAll({css!r})].find("
    "each => each.getClientRects().length && !each.disabled"
    " && (each.innerText || each.title || '').trim().includes({text!r}))"
)
NOISE = ("iconify", "503", "status code 503")
"""Icons are fetched from the web; what needs a bot is asked for in webserver mode, too."""


@asynccontextmanager
async def served(folder: Path, port: int) -> AsyncIterator[str]:
    """Serve a build of FreqUI, whose pages are all the same file; gives its address."""

    async def answer(request: web.Request) -> web.StreamResponse:
        file = folder / request.match_info["path"]
        return web.FileResponse(file if file.is_file() else folder / "index.html")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


class FreqUI:
    """Use the pages as a person does: by what is written on them."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self._address = address
        self.said: list[str] = []

    async def go(self, path: str) -> None:
        await self.browser.go(f"{self._address}{path}")

    async def press(self, css: str, text: str = "") -> None:
        """Click the first visible element that fits and has this text, once it is there and enabled."""
        found = FIND.format(css=css, text=text)
        await self.browser.until(f"!!{found}")
        await self.browser.run(
            "document.querySelectorAll('[data-pressed]').forEach(e => e.removeAttribute('data-pressed'));"
            f"{found}.setAttribute('data-pressed', '')"
        )
        await self.browser.click("[data-pressed]")

    async def reads(self, text: str, css: str = "body") -> None:
        """Wait until the page says something."""
        await self.browser.until(
            f"[...document.querySelectorAll({css!r})].some(each => each.innerText.includes({text!r}))"
        )

    async def choose_strategy(self, name: str) -> None:
        await self.press("#strategy-select")
        await self.press("[role=option]", name)

    async def log_in(self, url: str, user: str, password: str) -> None:
        await self.go("/login")
        await self.browser.until("!!document.querySelector('#url-input')")
        await self.browser.type("#url-input", url)
        await self.browser.type("input[placeholder=Freqtrader]", user)
        await self.browser.type("input[type=password]", password)
        await self.press("button[type=submit]")
        await self.browser.until("location.pathname !== '/login'")

    async def complaints(self) -> list[str]:
        """Return what the browser reported since the last call, without what is expected."""
        lines = await self.browser.console()
        bad = [line for line in lines if "Failed to load" in line or "Uncaught" in line or "Error" in line]
        return [line for line in bad if not any(noise in line for noise in NOISE)]
