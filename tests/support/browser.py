"""Drive a real Chromium, Debian's, by playwright.

Playwright lives in a thread with an event loop of its own, because every test has another loop: so one
browser serves all tests of a process, and each gets a window that shares nothing with earlier ones.
"""

import asyncio
import base64
import importlib.util
import os
import shutil
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Browser as Program
    from playwright.async_api import BrowserContext, CDPSession, ConsoleMessage, Dialog, Page, Playwright

T = TypeVar("T")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"]
COMPLAINTS = {"error", "warning"}


def missing() -> str:
    """Return what browser tests need and this machine lacks, or nothing."""
    if not shutil.which("chromium"):
        return "chromium is missing (apt install chromium)"
    if not importlib.util.find_spec("playwright"):
        return "playwright is missing (make test installs it)"
    return ""


def is_installed() -> bool:
    return not missing()


IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason=missing() or "all is there"),
]
"""What a module of browser tests has as its `pytestmark`."""

IN_A_BROWSER_AT_LENGTH = [
    *IN_A_BROWSER,
    pytest.mark.skipif(not os.environ.get("ALL_PAGES"), reason="`make pages` runs it"),
]
"""The same for those that only `make pages` runs: all together take minutes."""


def in_a_browser(test: Callable[..., T]) -> Callable[..., T]:
    """Mark one test among others as such."""
    for mark in IN_A_BROWSER:
        test = mark(test)
    return test


class Browser:
    """One window. Waits are bounded by `patience` seconds; questions of the page are answered with no.

    `requested` has the address of everything that was asked of a network, `asked` the page's questions.
    """

    def __init__(self, driver: "Driver", page: "Page", devtools: "CDPSession", patience: float) -> None:
        self._driver = driver
        self._page = page
        self._devtools = devtools
        self._patience = patience
        self._said: list[str] = []
        self.requested: list[str] = []
        self.asked: list[str] = []
        self.agrees = False
        page.set_default_timeout(patience * 1000)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self._said.append(f"Uncaught {error}"))
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("dialog", self._answer)

    async def do(self, act: "Callable[[Page], Awaitable[T]]") -> T:
        """Do anything that playwright can do with a page."""

        async def done() -> T:
            return await act(self._page)

        return await self._driver.run(done())

    async def go(self, url: str) -> None:
        await self.do(lambda page: page.goto(url))

    async def run(self, script: str) -> Any:
        """Run JavaScript in the page; its `return` comes back."""
        return await self.do(lambda page: page.evaluate(f"() => {{ {script} }}"))

    async def until(self, script: str) -> Any:
        """Wait until JavaScript returns something true, and return that."""

        async def found(page: "Page") -> Any:
            from playwright.async_api import Error  # late: may not be installed

            async with asyncio.timeout(self._patience):
                while True:
                    try:
                        if value := await page.evaluate(f"() => {{ return {script} }}"):
                            return value
                    except Error as error:  # another page is just being loaded
                        if "context was destroyed" not in error.message:
                            raise
                    await asyncio.sleep(0.03)

        return await self.do(found)

    async def click(self, css: str) -> None:
        """Click as soon as it is there, in sight and enabled."""
        await self.do(lambda page: page.click(css))

    async def type(self, css: str, text: str) -> None:
        """Replace what a field contains."""
        await self.do(lambda page: page.fill(css, text))

    async def press(self, *keys: str) -> None:
        """Press keys, by their names in JavaScript, one after another where the focus is."""

        async def pressed(page: "Page") -> None:
            for key in keys:
                await page.keyboard.press(key)

        await self.do(pressed)

    async def text(self, css: str) -> str:
        return str(await self.run(f"return document.querySelector({css!r})?.innerText ?? ''"))

    async def devtools(self, command: str, **parameters: Any) -> Any:
        return await self._driver.run(self._devtools.send(command, parameters))

    async def see(self, *, width: int, height: int, dark: bool = False, sharp: int = 1) -> None:
        """Look through a screen of that size, on which `sharp` dots make a pixel."""
        phone = width < 600
        await self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=sharp, mobile=phone,
        )  # fmt: skip
        await self.devtools("Emulation.setTouchEmulationEnabled", enabled=phone)
        await self.do(lambda page: page.emulate_media(color_scheme="dark" if dark else "light"))

    async def picture(self, file: Path, *, whole: bool = True) -> None:
        """Write the page, or what is in sight of it, as PNG or WebP."""
        kind = {"format": "webp", "quality": 82} if file.suffix == ".webp" else {"format": "png"}
        shot = await self.devtools("Page.captureScreenshot", captureBeyondViewport=whole, **kind)
        file.write_bytes(base64.b64decode(shot["data"]))

    async def forget_cookies(self) -> None:
        await self.do(lambda page: page.context.clear_cookies())

    async def console(self) -> list[str]:
        """Return what the page has complained about since the last call."""
        said, self._said = self._said, []
        return said

    def _note(self, message: "ConsoleMessage") -> None:
        if message.type in COMPLAINTS:
            self._said.append(f"{message.text} ({message.location.get('url', '')})")

    async def _answer(self, dialog: "Dialog") -> None:
        self.asked.append(dialog.message)
        await (dialog.accept() if self.agrees else dialog.dismiss())


class Driver:
    """One browser for many tests, and the thread that drives it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser", daemon=True)
        self._thread.start()
        self._playwright, self._program = self._wait(self._begin())

    def close(self) -> None:
        """End the browser and what drives it."""
        self._wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the thread that drives the browser."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    @asynccontextmanager
    async def window(self, patience: float, zone: str = "UTC") -> AsyncIterator[Browser]:
        """Open a window without cookies, cache and complaints of earlier ones, and close it."""
        browser, context = await self.run(self._open(patience, zone))
        try:
            yield browser
        finally:
            await self.run(context.close())

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    async def _begin(self) -> "tuple[Playwright, Program]":
        from playwright.async_api import async_playwright  # late: may not be installed

        playwright = await async_playwright().start()
        program = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        return playwright, program

    async def _open(self, patience: float, zone: str) -> "tuple[Browser, BrowserContext]":
        context = await self._program.new_context(locale="en-GB", timezone_id=zone)
        page = await context.new_page()
        return Browser(self, page, await context.new_cdp_session(page), patience), context

    async def _end(self) -> None:
        await self._program.close()
        await self._playwright.stop()


@cache
def _shared() -> Driver:
    return Driver()


def close_chromium() -> None:
    """End the browser of this process, if there is one."""
    if _shared.cache_info().currsize:
        _shared().close()
        _shared.cache_clear()


@asynccontextmanager
async def chromium(patience: float = 20, zone: str = "UTC") -> AsyncIterator[Browser]:
    """Open a window of the browser of this process, which starts with the first one."""
    driver = await asyncio.to_thread(_shared)
    async with driver.window(patience, zone) as browser:
        yield browser
