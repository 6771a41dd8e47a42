"""The pages of searches: what is stored, one of them, its verdict and report."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.server.dashboard.pages.test_overview import HOSTILE, words
from tests.server.dashboard.research.conftest import REPORT, Served

NAME = "strategy_Mine_2026-11-0{}_10-00-00"
VERDICT = {"judgement": "luck", "sentence": "This result is probably luck.", "advice": "Do not trade it."}
CHECK = {"name": "luck", "question": "Is it luck?", "mark": "bad", "answer": "It is."}


@pytest.fixture
def folder(served: Served) -> Path:
    folder = served.workspace.folder / "hyperopt_results"
    folder.mkdir(exist_ok=True)
    return folder


def epoch(number: int, loss: float | None, strategy: str = "Mine", **stated: Any) -> dict[str, Any]:
    metrics = {
        "strategy_name": strategy, "total_trades": 4, "wins": 3, "profit_total_abs": -10.0 * (loss or 0),
        "profit_total": -0.01 * (loss or 0), "profit_mean": 0.002, "max_drawdown_account": 0.05,
        "holding_avg_s": 600.0, "stake_currency": "USDT", "timeframe": "5m", "trades": [],
        "backtest_start_ts": 1751328000000, "backtest_end_ts": 1751587200000, **stated,
    }  # fmt: skip
    return {
        "loss": loss, "current_epoch": number, "is_best": number == 2, "results_metrics": metrics,
        "params_dict": {"buy_every": number}, "params_details": {"buy": {"buy_every": number}},
        "params_not_optimized": {},
    }  # fmt: skip


def store(folder: Path, number: int, *epochs: dict[str, Any]) -> str:
    name = NAME.format(number)
    lines = epochs or (epoch(1, 0.5), epoch(2, -1.5), epoch(3, 100_000), epoch(4, None))
    (folder / f"{name}.fthypt").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    return name


async def test_without_searches_it_says_how_to_start_one(served: Served) -> None:
    page = words(await (await served.enter()).page("/research/searches"))
    assert "No search yet." in page
    assert "appliance hyperopt -c " in page


async def test_searches_are_listed_newest_first_and_a_damaged_one_hides_no_other(
    served: Served, folder: Path
) -> None:
    first, second = store(folder, 1), store(folder, 2)
    (folder / f"{NAME.format(3)}.fthypt").write_text("no epoch\n")
    (folder / f"{NAME.format(4)}.fthypt").write_text("")
    (folder / f"{first}.report.json").write_text(json.dumps({"verdict": VERDICT}))
    (folder / f"{second}.report.json").write_text("{")
    page = await (await served.enter()).page("/research/searches")
    shown = words(page)
    assert page.index(second) < page.index(first)
    assert "line 1 is not an epoch" in shown
    assert "has no epoch yet" in shown
    assert "4 1 with profit +1.50 % +15.00 USDT 4 −1.5000" in shown
    assert "probably luck" in shown


async def test_a_search_shows_best_epochs_parameters_and_verdict(served: Served, folder: Path) -> None:
    name = store(folder, 1)
    visitor = await served.enter()
    shown = words(await visitor.page(f"/research/searches/{name}"))
    assert "Nobody has judged this search." in shown
    assert "2 of 2" in shown
    assert "2 −1.50000 +1.50 % +15.00 4 75 % +0.20 % −5.00 % 10 min" in shown
    assert 'buy_params = { "buy_every": 2, }' in shown
    assert f"--hyperopt-filename {name}.fthypt" in shown
    (folder / f"{name}.report.json").write_text(json.dumps({"verdict": VERDICT, "checks": [CHECK]}))
    shown = words(await visitor.page(f"/research/searches/{name}"))
    assert "This result is probably luck. Do not trade it." in shown
    assert "Is it luck? ✕ bad It is." in shown


async def test_a_search_without_an_epoch_that_counts_says_so(served: Served, folder: Path) -> None:
    name = store(folder, 1, epoch(1, 100_000), epoch(2, None))
    visitor = await served.enter()
    assert "No epoch counts." in words(await visitor.page(f"/research/searches/{name}"))
    assert "Mine" in words(await visitor.page("/research/searches"))


async def test_its_report_is_shown_in_a_sandbox(served: Served, folder: Path) -> None:
    name = store(folder, 1)
    visitor = await served.enter()
    assert (await visitor.open(f"/research/searches/{name}/report")).status == 404
    (folder / f"{name}.html").write_text("<script>alert(1)</script>")
    assert (await visitor.open(f"/research/searches/{name}/report")).status == 404
    (folder / f"{name}.html").write_text(REPORT)
    assert f"searches/{name}/report" in await visitor.page(f"/research/searches/{name}")
    answer = await visitor.open(f"/research/searches/{name}/report")
    assert "sandbox allow-scripts;" in answer.headers["Content-Security-Policy"]
    assert await answer.text() == REPORT


async def test_what_strategies_and_parameters_are_called_is_text(served: Served, folder: Path) -> None:
    named = epoch(1, -1.0, HOSTILE, stake_currency=HOSTILE, timeframe=HOSTILE)
    name = store(folder, 1, named | {"params_details": {HOSTILE: {HOSTILE: HOSTILE}}})
    odd = "strategy_<img src=x onerror=alert(2)>_2026-11-09_10-00-00"
    (folder / f"{odd}.fthypt").write_text(f"{HOSTILE}\n")
    told = {"verdict": VERDICT | {"sentence": HOSTILE, "advice": HOSTILE}}
    told |= {"checks": [CHECK | {"question": HOSTILE, "answer": HOSTILE, "mark": HOSTILE}]}
    (folder / f"{name}.report.json").write_text(json.dumps(told))
    visitor = await served.enter()
    for path in ("/research/searches", f"/research/searches/{name}"):
        page = await visitor.page(path)
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


@pytest.mark.parametrize(
    "name",
    [
        "..%2F..%2Fsecret",
        "%2Fetc%2Fpasswd",
        "strategy_x%00",
        "strategy_link",
        ".last_result",
        "x" * 3000,
        "*",
    ],
)
async def test_nothing_outside_the_folder_is_found(served: Served, folder: Path, name: str) -> None:
    outside = folder.parent / "secret.fthypt"
    outside.write_text(json.dumps(epoch(1, 0.5)) + "\n")
    (folder / "strategy_link.fthypt").symlink_to(outside)
    visitor = await served.enter()
    for path in ("", "/report"):
        assert (await visitor.open(f"/research/searches/{name}{path}")).status in (400, 404, 414)


async def test_what_is_not_there_is_said_in_the_frame(served: Served, folder: Path) -> None:
    visitor = await served.enter()
    for path in (f"searches/{NAME.format(7)}", "jobs/7", "results/backtest-result-2026-11-01_10-00-00"):
        answer = await visitor.open(f"/research/{path}")
        assert (answer.status, answer.content_type) == (404, "text/html"), path
        assert "Nothing is here" in words(await answer.text())
