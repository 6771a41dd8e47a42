"""Searches from their candles to their verdict: one on noise, one where there is an edge."""

from pathlib import Path

import pytest

from appliance.research.backtest.progress import SILENT
from appliance.research.credibility.examine import Examination
from appliance.research.credibility.of_search import Effort, examination_of
from appliance.research.credibility.report import report_of
from appliance.research.hyperopt.evaluation import InThisProcess
from appliance.research.hyperopt.plan import search_plan
from appliance.research.hyperopt.search import Found, searched
from appliance.research.hyperopt.subject import Subject, subject_of
from tests.support.research.backtests import Workspace
from tests.support.research.planted import EDGE_HOUR, for_a_search, planted


def search(folder: Path, *, edge: float, **overrides: object) -> tuple[Found, Subject]:
    workspace = planted(Workspace(folder / "user_data"), edge=edge)
    subject = subject_of(search_plan(for_a_search(workspace, **overrides)), None, SILENT)
    return searched(subject, InThisProcess(subject)), subject


def examination(folder: Path, *, edge: float) -> Examination:
    found, subject = search(folder, edge=edge)
    examined = examination_of(found, subject, InThisProcess(subject), effort=Effort(histories=4))
    assert examined is not None
    return examined


@pytest.fixture(scope="module")
def with_edge(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    return examination(tmp_path_factory.mktemp("edge"), edge=0.004)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    return examination(tmp_path_factory.mktemp("noise"), edge=0.0)


def test_a_search_that_found_nothing_of_use_cannot_be_examined(tmp_path: Path) -> None:
    found, subject = search(tmp_path, edge=0.0, epochs=2, hyperopt_min_trades=10_000)
    assert found.best is None
    assert examination_of(found, subject, InThisProcess(subject)) is None


def test_what_is_found_in_noise_is_not_credible(noise: Examination) -> None:
    report = report_of(noise)
    assert report.verdict.judgement in ("luck", "doubtful", "nothing")
    assert report.sharpe.deflated < 0.9
    assert report.choice is not None
    assert report.choice.overfitting > 0.2


def test_a_planted_edge_is_found_and_believed(with_edge: Examination) -> None:
    report = report_of(with_edge)
    bought, held = report.parameters["buy_hour"], report.parameters["sell_after"]
    assert bought <= EDGE_HOUR < bought + held
    assert report.sharpe.deflated > 0.95
    assert report.choice is not None
    assert report.choice.overfitting < 0.1
    assert report.histories is not None
    assert report.histories.won == 1.0


def test_all_trials_count_with_returns_on_the_same_days(with_edge: Examination) -> None:
    record = with_edge.record
    assert record.returns.shape == (20, record.grid.size)
    outcome = record.outcome
    assert float(record.returns[record.best].sum()) == pytest.approx(
        outcome.final_balance / outcome.starting_balance - 1, abs=1e-5
    )


def test_the_neighbourhood_has_the_loss_of_every_value_beside_the_best(with_edge: Examination) -> None:
    found = with_edge.neighbourhood
    assert found is not None
    hours = next(line for line in found.lines if line.axis.name == "buy_hour")
    assert len(hours.axis.values) == 5
    assert hours.losses[hours.axis.best] == found.best
    assert "idle" not in {plane.vertical.name for plane in found.planes}
