"""The stream: only what has changed, to everybody who looks, and only for as long as they may."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientResponse

from appliance.domain.enums import State
from appliance.queries.roles import Role
from appliance.server.auth.credentials import Caller
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard import live as live_module
from appliance.server.dashboard import live_page as live_page_module
from appliance.server.dashboard import viewers as viewers_module
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.session import SESSION_SECONDS
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot, DemoLogs

FRAGMENTS = {"state", "figures", "open", "closed", "locks", "pairs", "log"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_page_module, "LEAST_SECONDS", 0.01)
    monkeypatch.setattr(live_module, "BEAT", 0.05)


class Stream:
    """Read events as a browser's EventSource does."""

    def __init__(self, answer: ClientResponse) -> None:
        self.answer = answer

    async def event(self) -> tuple[str, str]:
        """Return name and data of the next event; ("end", "") where the stream ends."""
        name, data = "", []
        while line := (await asyncio.wait_for(self.answer.content.readline(), 10)).decode().rstrip("\n"):
            kind, _, text = line.partition(": ")
            if kind == "event":
                name = text
            elif kind == "data":
                data.append(text)
        return (name, "\n".join(data)) if name else ("end", "")

    async def pieces(self) -> str:
        """Return the next pieces, passing over beats."""
        while (event := await self.event())[0] == "beat":
            pass
        assert event[0] == "pieces", event
        return event[1]


def targets(pieces: str) -> set[str]:
    return {name for name in FRAGMENTS if f'hx-target="#{name}"' in pieces}


@asynccontextmanager
async def stream(visitor: Visitor) -> AsyncIterator[Stream]:
    async with visitor.client.get("/dashboard/live") as answer:
        assert answer.status == 200
        yield Stream(answer)


async def test_a_stream_starts_with_everything_and_goes_through_proxies(trader: Visitor) -> None:
    async with stream(trader) as events:
        headers = events.answer.headers
        assert headers["Content-Type"].startswith("text/event-stream")
        assert headers["X-Accel-Buffering"] == "no"
        assert headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in headers
        assert (await events.event())[0] == "beat"
        assert targets(await events.pieces()) == FRAGMENTS


async def test_then_only_what_has_changed_comes(trader: Visitor, bot: DemoBot, logs: DemoLogs) -> None:
    async with stream(trader) as events:
        await events.pieces()
        bot.state = State.PAUSED
        paused = await events.pieces()
        assert "state" in targets(paused)
        assert not targets(paused) & {"closed", "pairs", "locks", "log", "figures"}
        logs.add("INFO", "something happened")
        assert targets(await events.pieces()) == {"log"}
        bot.close("ETH/USDT", 2.0)
        assert targets(await events.pieces()) >= {"closed", "figures"}


async def test_a_new_price_comes_without_asking(trader: Visitor, bot: DemoBot) -> None:
    bot.open("BTC/USDT", 50_000.0)
    async with stream(trader) as events:
        assert "50,000.00" in await events.pieces()
        bot.book.set_rate("BTC/USDT", 51_234.0)
        assert "51,234.00" in await events.pieces()


async def test_one_rendering_serves_all_who_look(trader: Visitor, bot: DemoBot) -> None:
    async with stream(trader) as one, stream(trader) as other:
        await one.pieces()
        await other.pieces()
        assert len(trader.client.app[DASHBOARD].live_page.viewers) == 2
        bot.state = State.STOPPED
        assert await one.pieces() == await other.pieces()


async def test_nothing_is_rendered_without_viewers(trader: Visitor, bot: DemoBot) -> None:
    board = trader.client.app[DASHBOARD].live_page
    async with stream(trader) as events:
        await events.pieces()
    while board.viewers:
        await asyncio.sleep(0.01)
    number, _ = board.after(0)
    bot.state = State.PAUSED
    await asyncio.sleep(0.1)
    assert board.after(0)[0] == number


async def test_a_page_without_stream_may_ask_for_everything(trader: Visitor, bot: DemoBot) -> None:
    bot.close("ETH/USDT", 2.0)
    answer = await trader.open("/dashboard/live?once")
    assert answer.status == 200
    text = await answer.text()
    assert targets(text) == FRAGMENTS
    assert "ETH/USDT" in text


async def test_a_bot_that_is_gone_takes_its_page_along(trader: Visitor) -> None:
    async with stream(trader) as events:
        await events.pieces()
        trader.client.app[BOT_SLOT].bot = None
        while (event := await events.event())[0] != "reload":
            assert event[0] == "beat"
        assert (await events.event())[0] == "end"
    assert (await trader.open("/dashboard/live?once")).status == 205


async def test_a_stream_ends_with_its_session(trader: Visitor) -> None:
    dashboard = trader.client.app[DASHBOARD]
    now = dashboard.clock()
    async with stream(trader) as events:
        dashboard.clock = lambda: now + SESSION_SECONDS + 1
        while (event := await events.event())[0] != "end":
            assert event[0] in ("beat", "pieces")


async def test_logging_out_ends_the_stream(trader: Visitor) -> None:
    async with stream(trader) as events:
        await events.pieces()
        await trader.send("/logout")
        while (event := await events.event())[0] != "end":
            assert event[0] in ("beat", "pieces")


@pytest.mark.parametrize("path", ["live?changes", "logs/live", "chart/live?pair=BTC/USDT&timeframe=5m"])
async def test_logging_out_ends_each_stream_as_a_whole_answer(trader: Visitor, path: str) -> None:
    async with trader.client.get(f"/dashboard/{path}") as answer:
        assert answer.status == 200
        await trader.send("/logout")
        async with asyncio.timeout(5):
            await answer.read()  # raises where it was cut off


async def test_stopping_the_server_waits_for_no_stream(trader: Visitor) -> None:
    async with stream(trader) as events:
        await events.pieces()
        async with asyncio.timeout(5):
            await trader.client.server.close()
        while (await events.event())[0] != "end":
            pass


async def test_a_page_with_too_many_streams_is_asked_to_poll(
    trader: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewers_module, "OF_ONE_CALLER", 1)
    async with stream(trader):
        answer = await trader.open("/dashboard/live", Accept="text/event-stream")
        assert answer.status == 503
        assert "Retry-After" in answer.headers
        assert (await trader.open("/dashboard/live?once")).status == 200


async def test_a_rendering_that_fails_does_not_end_the_others(
    trader: Visitor, bot: DemoBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with stream(trader) as events:
        await events.pieces()
        state, bot.state = bot.state, "nonsense"  # type: ignore[assignment]
        while "Rendering the dashboard failed" not in caplog.text:
            await asyncio.sleep(0.01)
        bot.state = state
        bot.close("ETH/USDT", 2.0)
        assert "ETH/USDT" in await events.pieces()


def test_one_caller_leaves_streams_to_others() -> None:
    viewers, one, other = viewers_module.Viewers(), caller("one"), caller("other")
    while viewers.has_room_for(one):
        viewers.add(one)
    assert len(viewers) == viewers_module.OF_ONE_CALLER
    assert viewers.has_room_for(other)
    viewers.remove(one)
    assert viewers.has_room_for(one)


def test_those_who_look_leave_streams_to_those_who_act() -> None:
    viewers = viewers_module.Viewers()
    for number in range(100):
        one = caller(f"viewer {number}")
        while viewers.has_room_for(one):
            viewers.add(one)
    assert len(viewers) == viewers_module.OF_ALL_VIEWERS
    assert viewers.has_room_for(caller("operator", Role.OPERATOR))


def caller(name: str, role: Role = Role.VIEWER) -> Caller:
    return Caller(name, role, f"credential of {name}")


async def test_other_pages_hear_only_that_something_has_changed(trader, monkeypatch):
    monkeypatch.setattr(live_module, "LEAST_BETWEEN_CHANGES", 0.01)
    bot = trader.client.app[BOT_SLOT].bot
    answer = await trader.open("/dashboard/live?changes")
    stream = Stream(answer)
    assert await stream.event() == ("beat", ".")
    assert await stream.event() == ("beat", ".")
    bot.state = State.PAUSED
    while (event := await stream.event())[0] == "beat":
        pass
    assert event == ("changed", ".")
    assert (await trader.open("/dashboard/live?changes&once")).status == 204
    answer.close()


async def test_the_stream_of_changes_ends_with_the_server(trader, monkeypatch):
    answer = await trader.open("/dashboard/live?changes")
    stream = Stream(answer)
    assert await stream.event() == ("beat", ".")
    trader.client.app[DASHBOARD].live_page.close()
    while (event := await stream.event())[0] == "beat":
        pass
    assert event == ("end", "")
