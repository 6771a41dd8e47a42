"""The report of a search as data: planted cases, and its JSON."""

import msgspec
import numpy as np

from appliance.research.credibility.examine import Histories, examined
from appliance.research.credibility.report import SearchReport, report_of
from tests.research.credibility.made import around, noise, outcome, planted, search


def test_on_noise_overfitting_is_about_one_half_and_the_deflated_ratio_low() -> None:
    reports = [report_of(one) for one in noise()]
    assert 0.35 < np.mean([one.choice.overfitting for one in reports if one.choice]) < 0.65
    assert np.mean([one.sharpe.deflated for one in reports]) < 0.6
    assert max(one.sharpe.deflated for one in reports) < 0.95
    assert np.mean([one.unseen.made for one in reports if one.unseen]) < 0.1


def test_with_a_planted_edge_it_is_the_opposite() -> None:
    reports = [report_of(one) for one in planted()]
    assert max(one.choice.overfitting for one in reports if one.choice) < 0.05
    assert min(one.sharpe.deflated for one in reports) > 0.99
    assert min(one.unseen.made / one.unseen.seen for one in reports if one.unseen) > 0.5


def test_what_there_is_too_little_for_is_null() -> None:
    report = report_of(examined(search(trials=1, days=3)))
    assert (report.choice, report.unseen, report.histories, report.neighbourhood) == (None,) * 4


def test_without_trades_there_is_no_risk() -> None:
    idle = search(trials=2, returns=np.zeros((2, 256), np.float32), best=0, outcome=outcome(np.zeros(0)))
    report = report_of(examined(idle))
    assert report.risk is None
    assert report.sharpe.deflated == 0.5


def test_the_report_is_json_and_can_be_read_again() -> None:
    report = report_of(examined(search(), around(kept=0.5), Histories(np.array([0.1, -0.2]))))
    text = msgspec.json.encode(report)
    assert msgspec.json.decode(text, type=SearchReport) == report
    assert b"NaN" not in text
    assert b"Infinity" not in text


def test_a_loss_that_is_not_finite_is_null() -> None:
    report = report_of(examined(search(), around(kept=0.5)))
    assert report.neighbourhood is not None
    assert report.neighbourhood.planes[0].losses[2] == [3.0, None]
    assert report.neighbourhood.shape == "slope"
