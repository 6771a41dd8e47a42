"""Serve the dashboard to a browser, and log in with it."""

import socket

from aiohttp import web

from tests.server.dashboard.demo_bot import PASSWORD, USER
from tests.support.browser import Browser


class Host:
    """Serve an application at always the same address, so that it can go and come back."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._runner: web.AppRunner | None = None

    async def serve(self, app: web.Application) -> None:
        await self.stop()
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()


LIVE = "document.querySelector('#link')?.innerText === 'live' && document.querySelector('#lost').hidden"


async def log_in(browser: Browser, url: str) -> None:
    await browser.go(f"{url}/")
    assert await browser.run("return location.pathname") == "/login"
    await browser.type("#username", USER)
    await browser.type("#password", PASSWORD)
    await browser.click("button[type=submit]")
    await browser.until("location.pathname === '/' && document.readyState === 'complete'")
