"""The container's health check, as the engine starts it, against a server that speaks HTTP or TLS."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from appliance.server.app import create_app
from appliance.server.listening.listener import serve
from tests.support.serving import server_settings

COMMAND = ("-m", "appliance.ops.healthcheck")


async def asked(port: int) -> tuple[int | None, str]:
    environment = {**os.environ, "APPLIANCE__API_SERVER__LISTEN_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *COMMAND, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize("by_tls", [False, True])
async def test_a_bot_that_answers_is_healthy_with_tls_and_without(tmp_path, by_tls):
    files = {}
    if by_tls:
        issued = trustme.CA().issue_cert("bot.example.org")
        issued.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "bot.pem"))
        files = {"tls": {"certificate": str(tmp_path / "bot.pem"), "key": str(tmp_path / "bot.pem")}}
    runner = await serve(create_app(server_settings(**files), log_buffer=None), "127.0.0.1", 0)
    try:
        assert await asked(runner.addresses[0][1]) == (0, "")
    finally:
        await runner.cleanup()


async def test_what_says_no_or_nothing_is_not_healthy():
    async def stalled(_: web.Request) -> web.Response:
        return web.Response(status=503)

    app = web.Application()
    app.router.add_get("/livez", stalled)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        assert await asked(runner.addresses[0][1]) == (1, "/livez answers 503\n")
    finally:
        await runner.cleanup()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        status, said = await asked(free.getsockname()[1])
    assert (status, said.startswith("no answer: ")) == (1, True)


def test_the_image_asks_by_that_command():
    lines = (Path(__file__).parents[2] / "docker" / "Dockerfile").read_text()
    assert f'CMD ["python3", "{COMMAND[0]}", "{COMMAND[1]}"]' in lines
