"""Behind a real nginx, with the location block that users of freqtrade have."""

import asyncio
import shutil
import socket
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import yarl

from appliance.server.desk import DESK
from tests.server.serving import PASSWORD, USER, WS_TOKENS, served

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
            proxy_set_header Host $host;
        }}
    }}
}}
"""


@asynccontextmanager
async def nginx_before(bot: str, folder: Path):
    """Run nginx before the bot; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, port=port, bot=bot))
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
        api.app[DESK].bot = stage.bot
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
