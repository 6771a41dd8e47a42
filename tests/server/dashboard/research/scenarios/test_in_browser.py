"""Pages of research with something in them, in a real Chromium: narrow, readable in both themes, quiet."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.server.dashboard.page_table import ALL_PAGES
from tests.server.dashboard.research import test_analyses, test_searches
from tests.server.dashboard.research.conftest import Served, store
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser, chromium
from tests.support.research.webserver import workbench_of
from tests.support.serving import PASSWORD, USER
from tests.support.web.accessibility import COLOURS, findings

pytestmark = IN_A_BROWSER_AT_LENGTH

FORMS = ("analyses", "lookahead", "recursive", "replay", "compare", "data", "jobs")
STILL = "document.readyState === 'complete'"


async def with_outcomes(served: Served) -> dict[str, str]:
    """Store a result and a search, have a job of each kind end, and return the addresses of their pages."""
    folder = served.workspace.folder / "hyperopt_results"
    folder.mkdir(exist_ok=True)
    search = test_searches.store(folder, 1)
    told = {"verdict": test_searches.VERDICT, "checks": [test_searches.CHECK]}
    (folder / f"{search}.report.json").write_text(json.dumps(told))
    pages = {"result": f"/research/results/{store(served.results, 1)}", "searches": "/research/searches"}
    pages["search"] = f"/research/searches/{search}"
    workbench = workbench_of(served.api)
    for kind, (answer, _) in test_analyses.ANSWERS.items():
        job: Any = workbench.jobs.start("pairlist", workbench.order("losses:none"), "a_name" * 20)
        await job.ended.wait()
        job.kind, job.status, job.failure = kind, test_analyses.outcomes.Status.SUCCESS, None
        job.read = lambda answer=answer: msgspec.json.encode(answer)
        pages[kind] = f"/research/jobs/{job.id}"
    pages |= {name: f"/research/{name}" for name in FORMS}
    return pages


async def log_in(browser: Browser, url: str) -> None:
    await browser.go(f"{url}/")
    await browser.type("#username", USER)
    await browser.type("#password", PASSWORD)
    await browser.click("button[type=submit]")
    await browser.until(f"location.pathname === '/research' && {STILL}")


@pytest.mark.skipif(not ALL_PAGES, reason="`make pages` looks at every page")
async def test_pages_with_outcomes_are_narrow_and_readable(served: Served, tmp_path: Path) -> None:
    pages = await with_outcomes(served)
    async with chromium() as browser:
        await log_in(browser, served.api.url)
        await browser.console()
        for name, address in pages.items():
            await browser.see(width=320, height=640)
            await browser.go(served.api.url + address)
            await browser.until(STILL)
            width = await browser.run("return document.documentElement.scrollWidth")
            assert width <= 320, (name, width)
            assert await findings(browser) == [], name
            if name in FORMS:  # their fields are those of a page that the table of pages has
                continue
            await browser.see(width=1280, height=800, dark=True)
            assert await findings(browser, only=COLOURS) == [], name
        assert await browser.console() == []
