"""FreqUI beside the dashboard, and in its place."""

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from appliance.server.app import create_app
from tests.support.serving import server_settings

PAGE = '<html><head><script type="module" src="/assets/index-1.js"></script></head></html>'


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = tmp_path / "frequi"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "favicon.ico").write_bytes(b"\0")
    (folder / "assets" / "index-1.js").write_text("r({history:a(`/`)})")
    (folder / "assets" / "index-1.js.map").write_text("{}")
    (folder / "secret").symlink_to("/etc/passwd")
    return folder


@pytest.fixture
async def serve(tmp_path):
    clients = []

    async def started(**api_server: object) -> TestClient:
        app = create_app(server_settings(**api_server), log_buffer=None, user_data=tmp_path)
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return client

    yield started
    for client in clients:
        await client.close()


async def got(client: TestClient, path: str, **headers: str) -> tuple[int, str]:
    answer = await client.get(path, headers=headers, allow_redirects=False)
    return answer.status, await answer.text()


async def test_without_a_release_it_says_how_to_install_one(serve):
    client = await serve()
    status, text = await got(client, "/ui/")
    assert status == 404
    assert "appliance install-ui freqUI.zip" in text


async def test_a_release_is_noticed_without_a_restart(serve, tmp_path):
    client = await serve()
    assert (await got(client, "/ui/"))[0] == 404
    (tmp_path / "frequi").mkdir()
    (tmp_path / "frequi" / "index.html").write_text(PAGE)
    assert (await got(client, "/ui/"))[0] == 200


async def test_it_is_served_beside_the_dashboard(serve, release):
    client = await serve()
    for path in ("/ui/", "/ui/trade", "/ui/trade/deeper"):
        status, text = await got(client, path)
        assert (status, '<base href="/ui/">' in text) == (200, True)
    assert (await client.get("/ui", allow_redirects=False)).headers["Location"] == "/ui/"
    answer = await client.get("/ui/assets/index-1.js")
    assert (await answer.text(), answer.headers["Content-Type"]) == (
        "r({history:a(``)})",
        "text/javascript; charset=utf-8",
    )
    answer = await client.get("/", headers={"Accept": "text/html"}, allow_redirects=False)
    assert answer.headers["Location"] == "/login"


async def test_it_is_served_below_the_path_of_a_proxy(serve, release):
    client = await serve()
    assert '<base href="/one/ui/">' in (await got(client, "/ui/", **{"X-Forwarded-Prefix": "/one"}))[1]


async def test_at_the_root_the_dashboard_is_below(serve, release):
    client = await serve(start_page="frequi")
    for path in ("/", "/login", "/trade", "/logs"):
        assert '<base href="/">' in (await got(client, path))[1]
    assert (await client.get("/dashboard", allow_redirects=False)).headers["Location"] == "/dashboard/"
    answer = await client.get("/dashboard/", headers={"Accept": "text/html"}, allow_redirects=False)
    assert answer.headers["Location"] == "/dashboard/login"
    assert '<base href="/dashboard/">' in (await got(client, "/dashboard/login"))[1]
    assert (await got(client, "/api/v1/ping")) == (200, '{"status":"pong"}')
    assert (await got(client, "/api/v1/nothing"))[0] in (401, 404)
    assert "<base" not in (await got(client, "/api/nothing"))[1]


@pytest.mark.parametrize(
    "path", ["/ui/secret", "/ui/../config.json", "/ui/%2e%2e/config.json", "/ui/assets/index-1.js.map"]
)
async def test_nothing_else_is_served(serve, release, tmp_path, path):
    (tmp_path / "config.json").write_text("{}")
    client = await serve()
    status, text = await got(client, path)
    assert status == 404 or "<base" in text, "an unknown address is FreqUI's own page"


async def test_its_policy_allows_what_it_needs_and_no_other_scripts(serve, release):
    answer = await (await serve()).get("/ui/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
