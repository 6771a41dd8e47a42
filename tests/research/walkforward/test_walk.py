"""Windows searched and tested on candles: with a planted edge, and on noise."""

from pathlib import Path

import msgspec
import pytest

from appliance.domain.errors import ConfigurationError
from appliance.research.walkforward.page import walk_page
from appliance.research.walkforward.plan import WalkPlan, walk_plan
from appliance.research.walkforward.report import WalkReport, report_of
from appliance.research.walkforward.result import WindowResult
from appliance.research.walkforward.walk import walked
from appliance.research.walkforward.windows import Cut
from tests.support.research.backtests import Workspace
from tests.support.research.planted import EDGE_HOUR, for_a_search, planted

DAY_MS = 86_400_000
CUT = Cut(search=30 * DAY_MS, test=20 * DAY_MS, gap=DAY_MS)


def plan(folder: Path, *, edge: float, cut: Cut = CUT, **overrides: object) -> WalkPlan:
    workspace = planted(Workspace(folder / "user_data"), edge=edge, days=91)
    return walk_plan(for_a_search(workspace, epochs=30, spaces=["buy"], **overrides), cut)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> tuple[WalkPlan, list[WindowResult]]:
    made = plan(tmp_path_factory.mktemp("walk"), edge=0.005)
    return made, [walked(made, window) for window in made.windows]


def test_candles_that_are_too_few_end_it_before_anything_is_searched(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the candles are 91 days"):
        plan(tmp_path, edge=0.0, cut=Cut(search=100 * DAY_MS, test=DAY_MS))


def test_a_range_limits_what_is_walked(tmp_path: Path) -> None:
    made = plan(
        tmp_path, edge=0.0, timerange="20250710-20250901", cut=Cut(search=20 * DAY_MS, test=15 * DAY_MS)
    )
    assert f"{made.windows[0].test_begin:%Y-%m-%d}" == "2025-07-30"
    assert f"{made.windows[-1].test_end:%Y-%m-%d %H:%M}" == "2025-08-29 00:00"


def test_each_window_is_searched_and_tested_in_its_own_range(
    walk: tuple[WalkPlan, list[WindowResult]],
) -> None:
    made, results = walk
    assert [one.window for one in results] == list(made.windows)
    assert len(results) == 3
    for one in results:
        assert one.inside is not None
        assert one.outside is not None
        assert one.window.search_from <= one.inside.first_ms < one.inside.last_ms < one.window.search_until
        assert one.window.test_from <= one.outside.first_ms < one.outside.last_ms < one.window.test_until
        assert all(one.window.test_from <= moment < one.window.test_until for moment in one.outside.closed_ms)
        assert one.outside.profit == pytest.approx(sum(one.outside.profits))


def test_a_planted_edge_pays_on_time_that_was_not_searched(walk: tuple[WalkPlan, list[WindowResult]]) -> None:
    report, _ = report_of(*walk)
    assert report.profit > 0
    assert report.certainty > 0.95
    assert report.won == 3
    assert all(row.params is not None for row in report.windows)
    assert EDGE_HOUR in {row.params["buy_hour"] for row in report.windows if row.params}


def test_a_window_has_the_same_result_alone_and_again(walk: tuple[WalkPlan, list[WindowResult]]) -> None:
    made, results = walk
    assert walked(made, made.windows[1]) == results[1]


def test_the_report_is_json_and_a_page(walk: tuple[WalkPlan, list[WindowResult]]) -> None:
    report, found = report_of(*walk)
    assert msgspec.json.decode(msgspec.json.encode(report), type=WalkReport) == report
    page = walk_page(report, found).decode()
    assert page.index("<h1") < page.index("The questions behind it") < page.index("All tested ranges")
    assert page.count('<tr><th scope="row">') == 3 + 3 + 1
