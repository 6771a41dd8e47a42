"""Notes about exits: whatever goes wrong in them, the exit goes on."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from appliance.bot.decisions.decisions import Decisions
from appliance.bot.trading import exit_notes
from appliance.bot.trading.exit_notes import ExitNotes
from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import ExitType
from appliance.rules.exits import ExitReason
from tests.support.doubtful import trade


@pytest.fixture
def notes() -> ExitNotes:
    return ExitNotes(Decisions(lambda: datetime(2026, 1, 5, 12, tzinfo=UTC), lambda: "5m", lambda: False))


def steps(notes: ExitNotes) -> list[Kind]:
    return [step.kind for record in notes.decisions.newest_first("A/USDT", 9) for step in record.steps]


def test_a_due_exit_is_noted_with_its_profit(notes):
    notes.due(trade(), ExitReason(ExitType.ROI, "roi"), 101.0)
    assert steps(notes) == [Kind.EXIT_DUE]


@pytest.mark.parametrize("rate", [float("nan"), None, "no rate"])
def test_a_profit_that_cannot_be_worked_out_does_not_stop_an_exit(notes, rate, caplog):
    broken = trade()
    broken.calc_profit_ratio = lambda _: 1 / 0
    notes.due(broken, ExitReason(ExitType.ROI, "roi"), rate)
    assert "trading is not affected" in caplog.text


def test_what_held_a_trade_is_worked_out_behind_the_guard(notes, monkeypatch, caplog):
    monkeypatch.setattr(exit_notes, "why_held", lambda *_: 1 / 0)
    notes.holds(trade(), 101.0, SimpleNamespace(profit=0.1), SimpleNamespace())
    assert "trading is not affected" in caplog.text
