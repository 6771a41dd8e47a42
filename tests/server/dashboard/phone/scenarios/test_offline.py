"""The service worker in a real Chromium: old views are marked as old, and gone with the login."""

import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.server.dashboard.browser import LIVE, Host, log_in
from tests.server.dashboard.demo_bot import PASSWORD, USER, DemoBot
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser
from tests.support.web.accessibility import findings

pytestmark = IN_A_BROWSER_AT_LENGTH

VIEWS = """(async () => {
  const cache = await caches.open("views of /");
  return (await cache.keys()).map((one) => new URL(one.url).pathname + new URL(one.url).search);
})()"""
ALL_TEXTS = """return (async () => {
  const texts = [];
  for (const name of await caches.keys()) {
    for (const one of await (await caches.open(name)).matchAll()) texts.push(await one.text());
  }
  return texts;
})()"""


async def kept(browser: Browser, *pages: str) -> None:
    """Wait until exactly these pages are kept."""
    expected = json.dumps(sorted(pages), separators=(",", ":"))
    await browser.until(f"{VIEWS}.then((them) => JSON.stringify(them.sort()) === '{expected}')")


@pytest.fixture
async def used(browser: Browser, host: Host, make_app: Any, bot: DemoBot) -> Browser:
    """Somebody who has seen the overview with an open trade, kept by the worker."""
    bot.open("BTC/USDT", 50_000.0, enter_tag="<img src=x onerror=hacked()>")
    await host.serve(make_app(bot))
    await browser.see(width=390, height=800)
    await log_in(browser, host.url)
    await browser.until(LIVE)
    await kept(browser, "/")  # also the first page, which was there before the worker
    return browser


async def test_the_last_view_is_shown_and_marked_as_old(
    used: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    await used.go(f"{host.url}/trades?sort=pair")
    await used.go(f"{host.url}/settings")
    await used.go(f"{host.url}/enter")
    await kept(used, "/", "/trades?sort=pair")
    token = await used.run("return document.querySelector('[name=token]').value")
    texts = await used.run(ALL_TEXTS)
    assert len(token) == 64
    assert not any(token in text for text in texts)

    await host.stop()
    await used.go(f"{host.url}/")
    assert "Offline: as of 20" in await used.text("#offline")
    assert "BTC/USDT" in await used.text("#trade-1")
    assert (await used.run("return document.title")).startswith("Offline · ")
    assert await used.text("#link") == "offline"
    assert await used.run("return getComputedStyle(document.body).fontSize") == "15px"  # it has its style
    visible = "[...document.querySelectorAll('button, form')].filter((one) => one.checkVisibility()).length"
    assert await used.run(f"return {visible}") == 0  # nothing to command
    assert await findings(used) == []
    await used.go(f"{host.url}/trades")
    assert "Offline: as of 20" in await used.text("#offline")

    await used.go(f"{host.url}/pairs")
    assert "this page was not kept" in await used.text("main")
    assert "trades" in await used.text("main ul")

    await used.go(f"{host.url}/")
    bot.open("ETH/USDT", 3_000.0)
    await host.serve(make_app(bot))
    await used.run("window.dispatchEvent(new Event('online'))")
    await used.until(LIVE)
    assert "ETH/USDT" in await used.text("#open")
    assert await used.run("return document.querySelector('#offline')") is None


async def test_only_a_few_views_are_kept(used: Browser, host: Host) -> None:
    await used.run("""return caches.open("views of /").then(async (cache) => {
      for (let at = 1; at <= 12; at += 1) await cache.put(`/trades/${at}`, await cache.match("/"));
    })""")
    await used.go(f"{host.url}/performance")
    await kept(used, *(f"/trades/{number}" for number in range(2, 13)), "/performance")


async def test_logging_out_deletes_what_was_kept(used: Browser, host: Host) -> None:
    await used.click(".top form button")
    await used.until("location.pathname === '/login'")
    await kept(used)
    await host.stop()
    await used.go(f"{host.url}/")
    assert "this page was not kept" in await used.text("main")


async def test_a_session_that_has_ended_deletes_what_was_kept(used: Browser, host: Host) -> None:
    await used.forget_cookies()
    await used.go(f"{host.url}/trades")
    await used.until("location.pathname === '/login'")
    await kept(used)


async def test_another_login_sees_nothing_of_the_one_before(used: Browser, host: Host) -> None:
    """Even where the browser was not told that the first one ended."""
    await used.go(f"{host.url}/trades")
    await kept(used, "/", "/trades")
    await used.run("""return caches.open("views of /").then(async (cache) => {
      const view = await cache.match("/trades");
      const headers = new Headers(view.headers);
      headers.set("X-Last-View", "of somebody else");
      for (const one of await cache.keys()) await cache.put(one, new Response("theirs", { headers }));
    })""")
    await used.go(f"{host.url}/performance")
    await kept(used, "/performance")


async def test_below_the_path_of_a_proxy_it_keeps_what_is_below(
    browser: Browser, host: Host, make_app: Any, bot: DemoBot
) -> None:
    await host.serve(make_app(bot))
    proxy = TestServer(proxy_to(host, "/bots/one"), host="127.0.0.1")
    await proxy.start_server()
    try:
        await browser.go(str(proxy.make_url("/bots/one/login")))
        await browser.type("#username", USER)
        await browser.type("#password", PASSWORD)
        await browser.click("button[type=submit]")
        await browser.until("location.pathname === '/bots/one/' && !!navigator.serviceWorker.controller")
        await browser.go(str(proxy.make_url("/bots/one/trades")))
        names = """caches.open("views of /bots/one/").then(async (cache) =>
          (await cache.keys()).some((one) => new URL(one.url).pathname === "/bots/one/trades"))"""
        await browser.until(names)
        await host.stop()
        await browser.go(str(proxy.make_url("/bots/one/trades")))
        assert "Offline: as of 20" in await browser.text("#offline")
        assert await browser.run("return getComputedStyle(document.body).fontSize") == "15px"
    finally:
        await proxy.close()


def proxy_to(host: Host, path: str) -> web.Application:
    """Serve the host below a path, but for streams; 502 while it is gone."""

    async def forward(request: web.Request) -> web.Response:
        if request.path.endswith("/live"):
            return web.Response(status=503)
        told = {**request.headers, "X-Forwarded-Prefix": path}
        try:
            async with aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            ) as session:
                url = host.url + request.path_qs.removeprefix(path)
                asked = session.request(
                    request.method, url, headers=told, data=await request.read(), allow_redirects=False
                )
                async with asked as answer:
                    headers = answer.headers.copy()
                    headers.popall("Content-Length", None)
                    headers.popall("Transfer-Encoding", None)
                    return web.Response(status=answer.status, headers=headers, body=await answer.read())
        except aiohttp.ClientConnectionError:
            return web.Response(status=502, text="Bad gateway")

    app = web.Application()
    app.router.add_route("*", path + "/{rest:.*}", forward)
    return app
