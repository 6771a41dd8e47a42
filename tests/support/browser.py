"""Drive a real Chromium through chromedriver, with nothing but the W3C WebDriver protocol."""

import asyncio
import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the protocol's own name for a reference to an element
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def is_installed() -> bool:
    return bool(shutil.which("chromedriver") and shutil.which("chromium"))


class Browser:
    """One window. Waits are bounded by `patience` seconds."""

    def __init__(self, http: aiohttp.ClientSession, session: str, patience: float = 20) -> None:
        self._http = http
        self._session = session
        self._patience = patience

    async def call(self, method: str, path: str, **body: Any) -> Any:
        """Send one command; an element that is not there raises LookupError."""
        sent = body if method == "POST" else None
        async with self._http.request(method, f"{self._session}{path}", json=sent) as answer:
            value = (await answer.json())["value"]
            if answer.status == 404:
                raise LookupError(value["message"])
            if answer.status != 200:
                raise RuntimeError(f"{value['error']}: {value['message']}")
            return value

    async def go(self, url: str) -> None:
        await self.call("POST", "/url", url=url)

    async def run(self, script: str) -> Any:
        """Run JavaScript in the page; its `return` comes back."""
        return await self.call("POST", "/execute/sync", script=script, args=[])

    async def devtools(self, command: str, **parameters: Any) -> Any:
        return await self.call("POST", "/goog/cdp/execute", cmd=command, params=parameters)

    async def find(self, css: str) -> str:
        found = await self.call("POST", "/element", using="css selector", value=css)
        return str(found[ELEMENT])

    async def click(self, css: str) -> None:
        await self.run(f"document.querySelector({css!r}).scrollIntoView({{block: 'center'}})")
        await self.call("POST", f"/element/{await self.find(css)}/click")

    async def type(self, css: str, text: str) -> None:
        await self.call("POST", f"/element/{await self.find(css)}/value", text=text)

    async def text(self, css: str) -> str:
        return str(await self.run(f"return document.querySelector({css!r})?.innerText ?? ''"))

    async def until(self, script: str) -> Any:
        """Wait until JavaScript returns something true, and return that."""
        async with asyncio.timeout(self._patience):
            while not (found := await self.run(f"return {script}")):
                await asyncio.sleep(0.05)
            return found

    async def see(self, *, width: int, height: int, dark: bool = False) -> None:
        """Look through a screen of that size."""
        await self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.devtools("Emulation.setEmulatedMedia", features=[scheme])

    async def picture(self, file: Path) -> None:
        """Write the whole page as PNG."""
        shot = await self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    async def console(self) -> list[str]:
        """Return what the page has complained about since the last call."""
        entries = await self.call("POST", "/se/log", type="browser")
        return [str(entry["message"]) for entry in entries]


class Chromium:
    """One browser for many tests: `window` opens one for each, without what others have left."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        url = f"http://127.0.0.1:{_port(self._driver)}"
        options = {
            "goog:chromeOptions": {"args": [*FLAGS, f"--user-data-dir={self._profile.name}"]},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        answer = _asked("POST", f"{url}/session", capabilities={"alwaysMatch": options})
        self._session = f"{url}/session/{answer['sessionId']}"
        self._first = _asked("GET", f"{self._session}/window")

    def close(self) -> None:
        """End the browser and what drives it."""
        with contextlib.suppress(OSError):
            _asked("DELETE", self._session)
        self._driver.terminate()
        self._driver.communicate()
        self._profile.cleanup()

    @asynccontextmanager
    async def window(self) -> AsyncIterator[Browser]:
        """Open a window without cookies, cache and complaints of earlier ones, and close it."""
        async with aiohttp.ClientSession() as http:
            browser = Browser(http, self._session)
            opened = await browser.call("POST", "/window/new", type="window")
            await browser.call("POST", "/window", handle=opened["handle"])
            for forgotten in ("Network.clearBrowserCookies", "Network.clearBrowserCache"):
                await browser.devtools(forgotten)
            await browser.console()
            try:
                yield browser
            finally:
                await browser.call("DELETE", "/window")
                await browser.call("POST", "/window", handle=self._first)


@cache
def _shared() -> Chromium:
    return Chromium()


def close_chromium() -> None:
    """End the browser of this process, if there is one."""
    if _shared.cache_info().currsize:
        _shared().close()
        _shared.cache_clear()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Open a window of the browser of this process, which starts with the first one."""
    shared = await asyncio.to_thread(_shared)
    async with shared.window() as browser:
        yield browser


def _asked(method: str, url: str, **body: Any) -> Any:
    sent = json.dumps(body).encode() if method == "POST" else None
    with urllib.request.urlopen(urllib.request.Request(url, sent, method=method), timeout=60) as answer:
        return json.load(answer)["value"]


def _port(driver: subprocess.Popen[bytes]) -> int:
    """Read from chromedriver's first lines which port it took."""
    assert driver.stdout is not None
    for line in driver.stdout:
        if b"started successfully on port" in line:
            return int(line.split()[-1].rstrip(b"."))
    raise RuntimeError("chromedriver did not start")
