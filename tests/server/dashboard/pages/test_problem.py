"""Pages that are not there, not allowed, or fail: inside the frame, with what to do."""

from typing import Any

import pytest

from appliance.domain.errors import Refused
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages import performance
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoLogs
from tests.server.dashboard.pages.test_overview import HOSTILE, words


@pytest.mark.parametrize("path", ["/nothing", "/trades/", "/trades/x"])
async def test_what_is_not_there_is_said_in_the_frame(trader: Visitor, path: str):
    answer = await trader.open(path)
    page = await answer.text()
    assert answer.status == 404
    assert answer.content_type == "text/html"
    assert "Nothing is here" in words(page)
    assert 'class="places"' in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_page_that_fails_says_that_trading_goes_on(
    trader: Visitor, logs: DemoLogs, monkeypatch: pytest.MonkeyPatch
):
    async def fail(*_: object) -> None:
        raise ZeroDivisionError(HOSTILE)

    monkeypatch.setattr(performance, "performance_view", fail)
    answer = await trader.open("/performance")
    assert answer.status == 500
    page = words(await answer.text())
    assert "Trading goes on" in page
    assert "ZeroDivisionError" not in page  # that is for the log


async def test_a_refused_form_is_shown_too(trader: Visitor):
    answer = await trader.send("/dashboard/settle/x", headers={"Accept": "text/html", "Origin": "http://x.y"})
    assert answer.status == 403
    page = words(await answer.text())
    assert "Not allowed" in page
    assert "Refused: this did not come from the dashboard." in page


@pytest.mark.parametrize(
    "headers",
    [{"Accept": "*/*"}, {"Accept": "text/html", "HX-Request": "true"}, {"Accept": "application/json"}],
)
async def test_scripts_get_no_page(trader: Visitor, headers: dict[str, str]):
    answer = await trader.client.get("/nothing", headers=headers)
    assert (answer.status, answer.content_type) == (404, "application/json")


async def test_the_api_keeps_its_answers(trader: Visitor):
    answer = await trader.open("/api/v1/nothing")
    assert answer.status == 404
    assert answer.content_type == "application/json"


async def test_strangers_learn_nothing(visitor: Visitor):
    answer = await visitor.open("/nothing")
    assert (answer.status, answer.content_type) == (404, "application/json")


async def test_without_a_bot_there_is_no_frame(visit: Any, make_app: Any):
    early = await visit(make_app())
    await early.log_in()
    assert early.client.app[BOT_SLOT].bot is None
    assert (await early.open("/nothing")).content_type == "application/json"


async def test_what_others_wrote_is_shown_and_never_run(trader: Visitor, monkeypatch: pytest.MonkeyPatch):
    async def fail(*_: object) -> None:
        raise Refused(HOSTILE)

    monkeypatch.setattr(performance, "performance_view", fail)
    answer = await trader.open("/performance")
    page = await answer.text()
    assert HOSTILE in words(page)
    assert "<script>alert" not in page
