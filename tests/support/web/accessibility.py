"""Ask axe-core, in a real browser, what keeps people from using a page."""

import importlib.util
from functools import cache
from pathlib import Path

from tests.support.browser import Browser

# WCAG 2.2 AA, and what axe calls best practice.
FINDINGS = """
  const told = (each, node) => `${each.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`;
  return axe.run({resultTypes: ["violations"]}).then((found) => found.violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .flatMap((each) => each.nodes.map((node) => told(each, node))))
"""


async def findings(browser: Browser) -> list[str]:
    """Return the serious and critical findings about the page as it is shown."""
    await browser.do(lambda page: page.evaluate(_script()))
    found = await browser.run(FINDINGS)
    return [str(each) for each in found]


@cache
def _script() -> str:
    """Return axe.min.js, which axe-playwright-python has inside."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text()
