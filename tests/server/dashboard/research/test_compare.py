"""Results side by side: curves, figures, what was tested differently."""

from tests.server.dashboard.pages.test_overview import HOSTILE, words
from tests.server.dashboard.research.conftest import NAME, Served, store


async def test_fewer_than_two_results_say_what_to_do(served: Served) -> None:
    visitor = await served.enter()
    for query in ("", "?run=", f"?run={NAME.format(7)}:Mine", "?run=../../secret:Mine"):
        assert "Choose two results or more." in words(await visitor.page(f"/research/compare{query}"))


async def test_results_are_side_by_side_with_what_differs(served: Served) -> None:
    first, second = store(served.results, 1, stake_amount=50), store(served.results, 2, stake_amount=100)
    visitor = await served.enter()
    page = await visitor.page(f"/research/compare?run={first}:Mine&run={second}:Mine")
    assert "Profit +0.50 % +1.50 %" in words(page)
    assert "Stake differs 50 100" in words(page)
    assert page.count('class="line run-') == 4


async def test_names_are_text(served: Served) -> None:
    name = store(served.results, 1, "Mine", timeframe=HOSTILE, stake_amount=HOSTILE)
    page = await (await served.enter()).page(f"/research/compare?run={name}:Mine")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
