"""The page of the log."""

import asyncio

import pytest
from aiohttp import ClientResponse

from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoLogs
from tests.server.dashboard.pages.test_overview import HOSTILE, words


async def test_an_empty_log_says_so(trader: Visitor, logs: DemoLogs) -> None:
    logs._lines.clear()
    assert "Nothing has been logged yet." in words(await trader.page("/logs"))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["first", "second", "third"]),
        ("?level=warning", ["second", "third"]),
        ("?level=error", ["third"]),
        ("?level=loud", ["first", "second", "third"]),
        ("?logger=demo", ["first", "second", "third"]),
        ("?logger=dem", []),
        ("?text=SEC", ["second"]),
        ("?text=nothing+like+it", []),
    ],
)
async def test_lines_are_chosen_by_level_and_text(
    trader: Visitor, logs: DemoLogs, query: str, shown: list[str]
) -> None:
    for level, text in (("INFO", "first"), ("WARNING", "second"), ("ERROR", "third")):
        logs.add(level, f"the {text} line")
    page = words(await trader.page(f"/logs{query}"))
    found = [word for word in ("first", "second", "third") if f"the {word} line" in page]
    assert found == shown
    assert sorted(found, key=lambda word: page.index(f"the {word} line")) == found


async def test_pages_keep_the_choice(trader: Visitor, logs: DemoLogs) -> None:
    for n in range(300):
        logs.add("WARNING", f"line {n}")
    page = await trader.page("/logs?level=warning&text=line")
    assert 'href="logs?level=warning&amp;text=line&amp;page=2"' in page
    assert "line 299" in page
    assert "line 99" in await trader.page("/logs?level=warning&text=line&page=2")


async def test_what_others_wrote_is_shown_and_never_run(trader: Visitor, logs: DemoLogs) -> None:
    logs.add("ERROR", HOSTILE)
    page = await trader.page("/logs?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E") + await trader.page(
        "/logs"
    )
    assert "<script>alert" not in page
    assert "<img src=x" not in page


async def test_errors_and_warnings_are_counted_and_tracebacks_folded(trader: Visitor, logs: DemoLogs) -> None:
    logs.add("WARNING", "careful")
    logs.add("ERROR", "it failed\n  Traceback:\n  <b>here</b>")
    page = await trader.page("/logs?level=error")
    assert '<strong id="log-errors" class="down">1</strong>' in page
    assert '<strong id="log-warnings">1</strong>' in page
    assert "<summary>2 more lines</summary><pre>  Traceback:\n  &lt;b&gt;here&lt;/b&gt;</pre>" in page


async def _event(stream: ClientResponse) -> dict[str, str]:
    async with asyncio.timeout(5):
        block = await stream.content.readuntil(b"\n\n")
    fields = [line.partition(": ") for line in block.decode().strip().split("\n")]
    lines = [value for name, _, value in fields if name == "data"]
    return {**{name: value for name, _, value in fields}, "data": "\n".join(lines)}


async def test_new_lines_come_by_themselves_chosen_and_escaped(
    trader: Visitor, logs: DemoLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.server.dashboard.pages.logs_live.LOOK_SECONDS", 0.02)
    logs.add("WARNING", "old")
    async with trader.client.get(f"/dashboard/logs/live?level=warning&after={logs.added}") as stream:
        assert (await _event(stream))["event"] == "beat"
        logs.add("INFO", "not chosen")
        assert await _event(stream) == {"event": "counts", "data": "[0,1]"}
        logs.add("ERROR", HOSTILE)
        assert (await _event(stream))["data"] == "[1,1]"
        lines = await _event(stream)
        assert (lines["event"], lines["id"]) == ("lines", str(logs.added))
        assert "<script" not in lines["data"]
        assert lines["data"].count("<li ") == 1


async def test_who_comes_back_misses_nothing(trader: Visitor, logs: DemoLogs) -> None:
    logs.add("INFO", "seen")
    seen = str(logs.added)
    logs.add("INFO", "missed")
    headers = {"Last-Event-ID": seen}
    async with trader.client.get("/dashboard/logs/live?after=0", headers=headers) as stream:
        await _event(stream)
        lines = (await _event(stream))["data"]
        assert "missed" in lines
        assert "seen" not in lines
    async with trader.client.get("/dashboard/logs/live?after=999999") as stream:
        assert (await _event(stream))["event"] == "reload"


async def test_strangers_follow_no_log(visitor: Visitor) -> None:
    assert (await visitor.open("/dashboard/logs/live", Accept="*/*")).status == 401
