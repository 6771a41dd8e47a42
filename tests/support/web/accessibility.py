"""Ask axe-core, in a real browser, what keeps people from using a page."""

import importlib.util
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.support.browser import Browser

# WCAG 2.2 AA, and what axe calls best practice.
FINDINGS = """
  const told = (each, node) => `${each.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`;
  const rules = only.length ? {runOnly: only} : {};
  return axe.run({resultTypes: ["violations"], ...rules}).then((found) => found.violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .flatMap((each) => each.nodes.map((node) => told(each, node))))
"""


COLOURS = ("color-contrast", "link-in-text-block")
"""The rules whose outcome another theme can change."""


async def findings(browser: Browser, only: Sequence[str] = ()) -> list[str]:
    """Return the serious and critical findings about the page as it is shown, of all rules or some."""
    if not await browser.run("return typeof axe !== 'undefined'"):
        await browser.do(lambda page: page.evaluate(_script()))
    found = await browser.run(f"const only = {json.dumps(list(only))};{FINDINGS}")
    return [str(each) for each in found]


@cache
def _script() -> str:
    """Return axe.min.js, which axe-playwright-python has inside."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text()
