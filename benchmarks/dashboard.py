"""What do the dashboard's pages cost: processor time, memory, bytes, and when does a browser paint?

    python -m benchmarks.dashboard --trades 10000 --open 20

A bot trades on the Binance-like test server, with a database of closed trades. Processor time is that of the
whole bot while pages are asked for one after the other, less what it uses in as much time without them; so
other programs on the machine do not change it much. First paint is what Chromium reports, and they do.
"""

import asyncio
import statistics
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import past_trades
from benchmarks.contenders import (
    PASSWORD,
    USER,
    Running,
    arguments,
    binance_config,
    contenders,
    exchange,
    free_port,
    row,
    running,
    simulated_pairs,
)
from benchmarks.many_trades import Asker, logged_in, ms, rss

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = ("/", "/dashboard/live?once", "/trades", "/performance", "/pairs", "/orders", "/logs")
PAIRS = 40
PAINTS = 7
CHROMIUM = "/usr/bin/chromium"
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--trades", type=int, default=10_000)
    parser.add_argument("--open", type=int, default=20)
    parser.add_argument("--times", type=int, default=100, help="how often each page is asked for")
    given = parser.parse_args()
    with exchange() as url, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        pairs = simulated_pairs(url, PAIRS)
        database = Path(folder) / "made.sqlite"
        asyncio.run(
            past_trades.make(
                database, url, pairs, closed=given.trades, still_open=min(given.open, len(pairs))
            )
        )
        bot = contenders(given)[0]
        config = binance_config(url, free_port(), pairs, max_open_trades=given.open)
        with running(bot, config, database=database) as program:
            program.until_trading()
            time.sleep(10)  # the first cycles are over
            measure(program, given.times)


def measure(program: Running, times: int) -> None:
    """Print the figures of each page."""
    idle = idle_share(program)
    before = program.memory_mb()
    row("start", {"RSS": rss(program), "idle": f"{idle:.1%}"})
    asker = Asker(program, dashboard=True)
    for path in PAGES:
        asyncio.run(asker.ask([path] * 3, at_once=1))  # templates are compiled, reports are cached
        with spent(program, idle, times) as cost:
            took = asyncio.run(asker.ask([path] * times, at_once=1))
        figures = {"CPU a page": ms(cost[0]), "answered in": ms(statistics.median(took)), "RSS": rss(program)}
        row(f"{path:<24}", figures | {"bytes": f"{size(program, path):,}"})
    row("memory", {"grown by": f"{program.memory_mb() - before:.1f} MB"})
    asyncio.run(paint(program))


def idle_share(program: Running, seconds: float = 10) -> float:
    """Return the share of a core that the bot uses while nobody asks."""
    began, cpu = time.monotonic(), program.cpu_seconds()
    time.sleep(seconds)
    return (program.cpu_seconds() - cpu) / (time.monotonic() - began)


@contextmanager
def spent(program: Running, idle: float, times: int) -> "Iterator[list[float]]":
    """Give a list that will hold the processor time of one of `times` pages, in seconds."""
    cost: list[float] = []
    began, cpu = time.monotonic(), program.cpu_seconds()
    yield cost
    used = program.cpu_seconds() - cpu - idle * (time.monotonic() - began)
    cost.append(max(used, 0.0) / times)


def size(program: Running, path: str) -> int:
    """Return the bytes of a page, as they are sent to a browser."""
    host = program.url.removeprefix("http://")
    headers = {"Cookie": logged_in(host, program.url), "Accept": "text/html", "Accept-Encoding": "gzip"}
    with urllib.request.urlopen(urllib.request.Request(program.url + path, headers=headers)) as answer:
        return len(answer.read())


async def paint(program: Running) -> None:
    """Print when Chromium first paints the overview, in the median of some visits."""
    try:
        from playwright.async_api import async_playwright  # late: may not be installed
    except ImportError:
        print("first paint: not measured (playwright is not installed)")
        return
    first, ready = [], []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(f"{program.url}/login")
        await page.fill("#username", USER)
        await page.fill("#password", PASSWORD)
        await page.click("button[type=submit]")
        await page.wait_for_selector("#state")
        for _ in range(PAINTS):
            await page.goto(f"{program.url}/", wait_until="load")
            await page.wait_for_function(PAINTED)
            first.append(await page.evaluate(PAINTED))
            ready.append(await page.evaluate(READY))
        await browser.close()
    figures = {"median": f"{statistics.median(first):.0f} ms", "best": f"{min(first):.0f} ms"}
    row("first paint", figures | {"scripts ready": f"{statistics.median(ready):.0f} ms"})


if __name__ == "__main__":
    main()
