"""The page of the log."""

import pytest

from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoLogs
from tests.server.dashboard.pages.test_overview import HOSTILE, words


async def test_an_empty_log_says_so(trader: Visitor, logs: DemoLogs) -> None:
    logs._lines.clear()
    assert "Nothing has been logged yet." in words(await trader.page("/logs"))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["third", "second", "first"]),
        ("?level=warning", ["third", "second"]),
        ("?level=error", ["third"]),
        ("?level=loud", ["third", "second", "first"]),
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
    found = [word for word in ("third", "second", "first") if f"the {word} line" in page]
    assert found == shown
    assert sorted(found, key=lambda word: page.index(f"the {word} line")) == found


async def test_pages_keep_the_choice(trader: Visitor, logs: DemoLogs) -> None:
    for n in range(150):
        logs.add("WARNING", f"line {n}")
    page = await trader.page("/logs?level=warning&text=line")
    assert 'href="/logs?level=warning&amp;text=line&amp;page=2"' in page
    assert "line 149" in page
    assert "line 49" in await trader.page("/logs?level=warning&text=line&page=2")


async def test_what_others_wrote_is_shown_and_never_run(trader: Visitor, logs: DemoLogs) -> None:
    logs.add("ERROR", HOSTILE)
    page = await trader.page("/logs?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E") + await trader.page(
        "/logs"
    )
    assert "<script>alert" not in page
    assert "<img src=x" not in page
