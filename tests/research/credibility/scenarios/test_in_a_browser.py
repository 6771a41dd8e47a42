"""The report of a search in a real Chromium: nothing is asked of a network, curves are drawn."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.research.credibility.examine import Histories, examined
from appliance.research.credibility.page import write_page
from appliance.research.credibility.report import report_of
from tests.research.credibility.made import around, search
from tests.support.browser import IN_A_BROWSER, Browser, chromium

pytestmark = IN_A_BROWSER

READY = "document.documentElement.classList.contains('ready')"
REQUESTS = """
  return performance.getEntriesByType('resource').map((entry) => entry.name)
    .filter((name) => !name.startsWith('data:'))"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
def report(tmp_path: Path) -> str:
    """Return the address of a report."""
    found = examined(search(), around(kept=0.5), Histories(np.array([0.1, -0.2, 0.3])))
    file = tmp_path / "search.html"
    write_page(file, found, report_of(found))
    return file.as_uri()


@pytest.mark.parametrize("screen", [{"dark": True}, {"width": 390, "height": 800}], ids=["dark", "phone"])
async def test_a_report_opens_without_a_network(
    browser: Browser, report: str, screen: dict[str, Any]
) -> None:
    await browser.see(**({"width": 1280, "height": 900} | screen))
    await browser.go(report)
    await browser.until(READY)
    assert "Chosen on all of the time +30.03 %" in await browser.text("#growth-chart .legend")
    assert await browser.run(REQUESTS) == []
    assert await browser.run("return document.documentElement.scrollWidth <= innerWidth")
    assert await browser.console() == []
