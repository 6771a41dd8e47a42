"""Behind a real nginx, with the location block that users of freqtrade have."""

import asyncio
import shutil
import socket
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import yarl

from appliance.server.bot_slot import BOT_SLOT
from tests.support.serving import PASSWORD, USER, WS_TOKENS, served, server_settings

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt install nginx-light")

CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_http_version 1.1;
            proxy_pass {bot};
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header Host {host};
            {more}
        }}
    }}
}}
"""


@asynccontextmanager
async def nginx_before(bot: str, folder: Path, more: str = "", host: str = "$host"):
    """Run nginx before the bot, calling it `host`, with lines `more` in its location; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, port=port, bot=bot, more=more, host=host))
    process = await asyncio.create_subprocess_exec(
        str(NGINX), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(file)
    )
    try:
        async with asyncio.timeout(60):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                except OSError:
                    assert process.returncode is None, (folder / "error.log").read_text()
                    await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def test_rest_dashboard_and_websocket_work_and_figures_stay_inside(stage, tmp_path):
    async with served() as api, nginx_before(api.url, tmp_path) as outside:
        api.app[BOT_SLOT].bot = stage.bot
        login = aiohttp.encode_basic_auth(USER, PASSWORD)
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            async with browser.post(
                f"{outside}/api/v1/token/login", headers={"Authorization": login}
            ) as answer:
                token = (await answer.json())["access_token"]
            async with browser.get(
                f"{outside}/api/v1/count", headers={"Authorization": f"Bearer {token}"}
            ) as answer:
                assert (await answer.json())["current"] == 0
            async with browser.ws_connect(f"{outside}/api/v1/message/ws?token={WS_TOKENS[0]}") as listening:
                await listening.send_json({"type": "subscribe", "data": ["status"]})
                await listening.send_json(
                    {"type": "whitelist"}
                )  # answered after the one before is understood
                assert (await listening.receive_json(timeout=60))["type"] == "whitelist"
                stage.bot.pause()
                assert (await listening.receive_json(timeout=60))["type"] == "status"
            async with browser.get(f"{outside}/metrics") as answer:
                assert answer.status == 403
            assert await logged_in(browser, outside)


async def test_who_guesses_through_a_trusted_proxy_waits_alone_and_cannot_pose_as_another(tmp_path):
    naming = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
    settings = server_settings(trusted_proxies=["127.0.0.1"])
    async with (
        served(settings) as api,
        nginx_before(api.url, tmp_path, naming) as outside,
        caller_at("127.0.0.2") as guesser,
        caller_at("127.0.0.3") as user,
    ):
        guesses = [await login(guesser, outside, f"guess {number}") for number in range(10)]
        assert (guesses[0], guesses[-1]) == (401, 429)
        for posing in ("127.0.0.3", "127.0.0.1", "198.51.100.7", "198.51.100.7, 127.0.0.1"):
            assert await login(guesser, outside, PASSWORD, {"X-Forwarded-For": posing}) == 429
        assert await login(user, outside, PASSWORD) == 200


@pytest.mark.parametrize("host", ["$host", "$http_host", "$proxy_host", "bot.internal"])
async def test_a_page_listens_whatever_host_nginx_names(stage, tmp_path, host):
    async with served() as api, nginx_before(api.url, tmp_path, host=host) as outside:
        api.app[BOT_SLOT].bot = stage.bot
        access = (await api.post("/token/login")).body["access_token"]
        for token in (access, WS_TOKENS[0]):
            async with api.session.ws_connect(
                f"{outside}/api/v1/message/ws?token={token}", origin=outside
            ) as listening:
                await listening.send_json({"type": "whitelist"})
                assert (await listening.receive_json(timeout=60))["type"] == "whitelist"


def caller_at(address: str) -> aiohttp.ClientSession:
    """A client that calls from another address of this machine."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=(address, 0)))


async def login(caller: aiohttp.ClientSession, url: str, password: str, headers: dict | None = None) -> int:
    shown = {"Authorization": aiohttp.encode_basic_auth(USER, password)} | (headers or {})
    async with caller.post(f"{url}/api/v1/token/login", headers=shown) as answer:
        return answer.status


async def logged_in(browser: aiohttp.ClientSession, outside: str) -> bool:
    """Log in as a browser without Sec-Fetch-Site does, which names its origin with the port."""
    async with browser.get(f"{outside}/login") as page:
        text = await page.text()
    token = text.partition('name="token" value="')[2].partition('"')[0]
    form = {"username": USER, "password": PASSWORD, "token": token}
    origin = str(yarl.URL(outside).origin())
    async with browser.post(
        f"{outside}/login", data=form, headers={"Origin": origin}, allow_redirects=False
    ) as answer:
        return answer.status == 303 and answer.headers["Location"] == "/"
