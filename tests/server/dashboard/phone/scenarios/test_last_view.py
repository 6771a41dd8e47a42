"""Which pages a browser may keep to show them as old, and for whom."""

import pytest

from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot

MARK = "X-Last-View"


@pytest.mark.parametrize("path", ["/", "/?window=7d", "/trades", "/performance", "/logs"])
async def test_pages_to_look_at_may_be_kept(trader: Visitor, bot: DemoBot, path: str) -> None:
    bot.open("BTC/USDT", 50_000.0)
    assert len((await trader.open(path)).headers[MARK]) == 32


@pytest.mark.parametrize(
    "path",
    [
        "/settings", "/settings/file", "/settings/tokens", "/settings/security", "/settings/backup",
        "/enter", "/trades/1/exit", "/trades/1/delete", "/lock", "/chart?pair=BTC/USDT",
        "/trades.csv", "/nothing", "/trades/9", "/login", "/dashboard/live?once", "/api/v1/balance",
        "/static/dashboard.css", "/service-worker.js", "/manifest.webmanifest",
    ],
)  # fmt: skip
async def test_what_acts_or_has_secrets_or_is_no_page_may_not(
    trader: Visitor, bot: DemoBot, path: str
) -> None:
    bot.open("BTC/USDT", 50_000.0)
    assert MARK not in (await trader.open(path)).headers


async def test_the_result_of_a_command_may_not(trader: Visitor) -> None:
    done = await trader.send("/dashboard/pause", {"Accept": "text/html"})
    assert done.status == 200
    assert MARK not in done.headers


async def test_the_mark_tells_logins_apart_and_not_who_they_are(trader: Visitor) -> None:
    first = (await trader.open("/")).headers[MARK]
    assert (await trader.open("/trades")).headers[MARK] == first
    await trader.send("/logout")
    await trader.log_in()
    assert (await trader.open("/")).headers[MARK] != first


async def test_the_worker_is_where_it_may_work_for_all_pages(visitor: Visitor) -> None:
    answer = await visitor.open("/service-worker.js")
    assert (answer.status, answer.content_type) == (200, "text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "worker-src 'self'" in (await visitor.open("/login")).headers["Content-Security-Policy"]
