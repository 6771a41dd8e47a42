"""The chart page of a real bot: what is drawn, and plot configurations that people edit."""

import asyncio
import json
from pathlib import Path

import pytest

from appliance.config.logs.setup import LogBuffer
from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.app_state import DASHBOARD
from tests.server.scenarios.test_roles import TOKENS, Role, setting
from tests.support.scripted import scene
from tests.support.serving import LOGIN

PAIR = "/dashboard/chart?pair=ETH/USDT&timeframe=5m"
MINE = json.dumps(
    {"main_plot": {"high": {"color": "red", "type": "scatter"}}, "subplots": {"V": {"volume": {}}}}
)
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
async def stage(tmp_path):
    tokens = [setting(role.word, TOKENS[role], role) for role in Role]
    async with scene(tmp_path, **LOGIN, **{"api_server.tokens": tokens}) as stage:
        await stage.cycle()
        yield stage


@pytest.fixture
async def visitor(visit, stage, tmp_path):
    app = create_app(stage.bot.settings, log_buffer=LogBuffer())
    app[BOT_SLOT].bot, app[BOT_SLOT].user_data = stage.bot, tmp_path
    return await visit(app)


async def chart(visitor, path: str = PAIR) -> dict:
    answer = await visitor.client.get(path)
    assert answer.status == 200, await answer.text()
    return await answer.json()


@pytest.mark.parametrize("path", ["/chart", "/dashboard/chart", "/dashboard/chart/live", "/dashboard/plots"])
async def test_no_chart_without_login(visitor, path):
    assert (await visitor.open(path)).headers["Location"] == "/login"


async def test_a_configuration_is_saved_chosen_by_address_and_removed(visitor, stage, tmp_path: Path):
    await visitor.log_in()
    await visitor.page("/chart?pair=ETH/USDT")
    answer = await visitor.send("/dashboard/plots?pair=ETH/USDT", name="my own", config=MINE)
    assert (answer.status, answer.headers["Location"]) == (303, "/chart?pair=ETH%2FUSDT&plot=my+own")
    page = await visitor.page("/chart?pair=ETH/USDT&plot=my+own")
    assert "<option selected>my own</option>" in page
    drawn = await chart(visitor, f"{PAIR}&plot=my+own")
    assert [one["kind"] for one in drawn["panes"][0]["indicators"]] == ["scatter"]
    assert drawn["config"] == json.loads(MINE)
    assert drawn["missing"] == []
    answer = await visitor.open("/dashboard/plots?plot=my+own")
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''my%20own.json"
    assert await answer.json() == json.loads(MINE)
    answer = await visitor.send("/dashboard/plots?pair=ETH/USDT", name="my own", config=MINE, remove="yes")
    assert answer.headers["Location"] == "/chart?pair=ETH%2FUSDT"
    assert list((tmp_path / "plot_configs").iterdir()) == []
    lines, _, _ = await stage.bot.audit_log(10, 0)
    told = [(line.record.who, line.record.what.split(" {")[0], line.record.after) for line in lines[-4:]]
    kinds = ["POST /plots", "outcome", "POST /plots/remove", "outcome"]
    assert [what.split(" of ")[0] for _, what, _ in told] == kinds
    assert told[1][2].startswith('saved plot configuration "my own"')


async def test_what_cannot_be_saved_stays_in_the_form_with_the_reason(visitor):
    await visitor.log_in()
    await visitor.page("/chart")
    answer = await visitor.send("/dashboard/plots", name="odd", config='{"main_plot": ')
    assert answer.status == 409, "502 means a broken proxy to a browser"
    page = await answer.text()
    assert "Not saved: the configuration is no JSON" in page
    assert "{&#34;main_plot&#34;: </textarea>" in page
    answer = await visitor.send("/dashboard/plots", name="../up", config=MINE)
    assert "Not saved: a name has up to 40 letters" in await answer.text()


async def test_an_unknown_name_shows_the_strategys_own(visitor):
    await visitor.log_in()
    page = await visitor.page("/chart?plot=" + MARKUP)
    assert "this is the strategy&#39;s own" in page
    assert MARKUP not in page
    answer = await visitor.client.get(f"{PAIR}&plot=gone")
    assert answer.status == 404
    assert (await visitor.open("/dashboard/plots?plot=../../config")).status == 404


async def test_a_preview_draws_without_saving(visitor, tmp_path: Path):
    await visitor.log_in()
    answer = await visitor.send(PAIR, config=MINE)
    drawn = await answer.json()
    assert [pane["title"] for pane in drawn["panes"]] == ["", "V"]
    assert not (tmp_path / "plot_configs").exists()
    assert (await visitor.send(PAIR, config="[]")).status == 409
    visitor.token = ""
    assert (await visitor.send(PAIR, config=MINE)).status == 403


async def test_a_viewer_sees_and_previews_but_saves_nothing(visitor, tmp_path: Path):
    await visitor.log_in(Role.VIEWER.word, TOKENS[Role.VIEWER])
    page = await visitor.page("/chart")
    assert "Only operators save plot configurations" in page
    assert ">Save</button>" not in page
    assert (await visitor.send("/dashboard/plots", name="mine", config=MINE)).status == 403
    assert not (tmp_path / "plot_configs").exists()


async def test_names_and_annotations_of_strategies_are_text(visitor, stage):
    stage.bot.strategy.plot_config = {
        "main_plot": {MARKUP: {}},
        "subplots": {MARKUP: {"close": {"color": MARKUP}}},
    }
    await visitor.log_in()
    assert MARKUP not in await visitor.page("/chart?pair=ETH/USDT")
    answer = await visitor.client.get(PAIR)
    assert answer.content_type == "application/json"
    assert (await answer.json())["missing"] == [MARKUP]


async def test_only_the_trade_that_is_asked_for_is_marked(visitor, stage):
    first = await stage.enter("ETH/USDT")
    await visitor.log_in()
    assert (await chart(visitor, f"{PAIR}&trade={first.id}"))["open"]["id"] == [first.id]
    assert (await chart(visitor, f"{PAIR}&trade=99"))["open"]["id"] == []


async def test_the_stream_tells_of_a_new_candle_and_of_the_forming_one(visitor, stage, monkeypatch):
    monkeypatch.setattr("appliance.server.dashboard.charts.chart_live.LOOK_SECONDS", 0.02)
    await visitor.log_in()
    async with visitor.client.get("/dashboard/chart/live?pair=ETH/USDT&timeframe=5m") as stream:
        assert stream.content_type == "text/event-stream"
        assert (await _event(stream))[0] == "forming"
        stage.market.wait(minutes=5)
        await stage.cycle()
        kinds = {(await _event(stream))[0]}
        assert kinds == {"drawn"}
        stage.bot_gone = visitor.client.app[BOT_SLOT].bot = None
        while (await _event(stream))[0] != "reload":
            pass
    await asyncio.sleep(0.05)
    assert len(visitor.client.app[DASHBOARD].live_page.viewers) == 0


async def _event(stream) -> tuple[str, str]:
    async with asyncio.timeout(5):
        block = await stream.content.readuntil(b"\n\n")
    kind, data = block.decode().strip().split("\n")
    return kind.removeprefix("event: "), data.removeprefix("data: ")
