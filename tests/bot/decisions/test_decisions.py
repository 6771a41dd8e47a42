"""Recording: bounded whatever is recorded, and harmless whatever goes wrong."""

import gc
import tracemalloc
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from appliance.bot.decisions import decisions as module
from appliance.bot.decisions.decisions import EVERYWHERE, Decisions
from appliance.bot.decisions.indicators import Indicators
from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.sentences import sentence
from appliance.strategy.analysis import Signal

OPENED = datetime(2026, 1, 5, 12, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)


class Recording:
    """Decisions with a clock that the test sets."""

    def __init__(self) -> None:
        self.now = OPENED + FIVE_MINUTES
        self.decisions = Decisions(lambda: self.now, lambda: "5m", lambda: False)

    def candle(self, pair: str = "A/B", *, opened: datetime = OPENED, **signal) -> None:
        self.now = opened + FIVE_MINUTES
        self.decisions.analysed(pair, Signal(candle_date=opened, **signal))

    def kinds(self, pair: str = "A/B", limit: int = 500) -> list[list[Kind]]:
        return [[step.kind for step in record.steps] for record in self.decisions.newest_first(pair, limit)]


@pytest.fixture
def recording() -> Recording:
    return Recording()


# -- nothing goes wrong --------------------------------------------------------------------------------


def test_an_error_in_recording_is_reported_once_and_raises_nothing(recording, caplog):
    def broken():
        raise RuntimeError("no time of day")

    recording.decisions._now = broken
    for _ in range(3):
        recording.decisions.note("A/B", Kind.PAUSED)
        recording.decisions.chosen(["A/B"], {"C/D": ("a list", "a reason")})
    recording.decisions.listeners.append(lambda _: 1 / 0)
    recording.candle(enter_long=True)
    assert [record.message for record in caplog.records] == [
        "Recording a decision failed; trading is not affected. Reported once"
    ]


def test_a_date_that_is_none_is_no_fact(recording, caplog):
    recording.decisions.analysed("A/B", Signal(candle_date=pd.NaT, enter_long=True))
    recording.decisions.note("A/B", Kind.OUTDATED, pd.NaT)
    (record,) = recording.decisions.newest_first("A/B", 9)
    assert [step.facts for step in record.steps] == [(None,)]
    assert caplog.records == []


def test_a_text_that_is_too_long_loses_its_middle(recording):
    recording.decisions.note("A/B", Kind.REFUSED, "begins so" + "x" * 500 + "ends so")
    (fact,) = recording.decisions.newest_first("A/B", 1)[0].steps[0].facts
    assert len(fact) == module.LONGEST_TEXT
    assert fact.startswith("begins so")
    assert fact.endswith("ends so")


# -- candles -------------------------------------------------------------------------------------------


def test_steps_belong_to_the_newest_candle_until_the_next_is_analysed(recording):
    recording.candle()
    recording.now += FIVE_MINUTES + timedelta(seconds=20)  # the next candle has closed, and is late
    recording.decisions.note("A/B", Kind.PAUSED)
    recording.candle(opened=OPENED + FIVE_MINUTES)
    recording.decisions.note("A/B", Kind.STOPPED)
    assert recording.kinds() == [[Kind.STOPPED], [Kind.PAUSED]]


def test_without_candles_steps_belong_to_the_last_closed_one(recording):
    for minutes in (0, 4, 5, 9, 10):
        recording.now = OPENED + timedelta(minutes=5 + minutes)
        recording.decisions.note("A/B", Kind.NO_CANDLES)
    records = recording.decisions.newest_first("A/B", 9)
    opened = [(record.opened - int(OPENED.timestamp() * 1000)) // 60_000 for record in records]
    assert opened == [10, 5, 0]
    assert [record.steps[0].times for record in records] == [1, 2, 2]


def test_a_step_that_repeats_is_one_with_its_newest_facts(recording):
    for number in range(5):
        recording.now += timedelta(seconds=5)
        recording.decisions.note("A/B", Kind.HOLDS, 1, number / 100, 100.0, 90.0, None, "")
    recording.decisions.note("A/B", Kind.HOLDS, 2, 0.0, 100.0, 90.0, None, "")
    first, second = recording.decisions.newest_first("A/B", 1)[0].steps
    assert (first.times, first.last - first.first, first.facts[1]) == (5, 20_000, 0.04)
    assert second.facts[0] == 2


def test_what_concerns_all_is_recorded_for_pairs_with_an_entry_signal(recording):
    recording.candle("A/B", enter_long=True)
    recording.candle("C/D")
    recording.candle("E/F", enter_long=True, exit_long=True)
    recording.decisions.note_everywhere(Kind.PAUSED)
    assert recording.kinds("A/B") == [[Kind.PAUSED]]
    assert recording.kinds("C/D") == recording.kinds("E/F") == [[]]
    assert recording.kinds(EVERYWHERE) == [[Kind.PAUSED]]
    recording.candle("A/B", opened=OPENED + FIVE_MINUTES)
    assert not recording.decisions.wants_entry("A/B")


def test_only_new_steps_are_announced(recording):
    news = []
    recording.decisions.listeners.append(news.append)
    recording.candle(enter_long=True)
    recording.candle(enter_long=True)  # analysed again
    for _ in range(3):
        recording.decisions.note("A/B", Kind.PAUSED)
    assert [sentence(new.step) for new in news] == ["signal to enter long", "no entry: the bot is paused"]


def test_pair_lists_are_recorded_when_they_change(recording):
    for left_out in ({}, {"C/D": ("AgeFilter", "too new")}, {"C/D": ("AgeFilter", "too new")}, {}):
        recording.now += timedelta(seconds=5)
        recording.decisions.chosen(["A/B", "C/D"], left_out)
    assert recording.kinds("C/D") == [[Kind.LEFT_OUT, Kind.LISTED]]
    assert recording.kinds("A/B") == []


def test_values_keep_the_names_that_they_had(recording):
    for number, names in enumerate([("rsi",), ("rsi",), ("ema", "rsi")]):
        values = np.arange(1.0, len(names) + 1).tobytes()
        opened = OPENED + number * FIVE_MINUTES
        signal = Signal(candle_date=opened)
        recording.now = opened + FIVE_MINUTES
        recording.decisions.analysed("A/B", signal, Indicators(names, values))
    records = recording.decisions.newest_first("A/B", 9)
    assert [recording.decisions.names(record) for record in records] == [("ema", "rsi"), ("rsi",), ("rsi",)]


# -- memory --------------------------------------------------------------------------------------------

PAIRS = [f"COIN{number}/USDT" for number in range(100)]
NAMES = tuple(f"indicator_{number}" for number in range(32))


def fill(recording: Recording, candles: int, text: str, steps: int) -> None:
    """Record as much as a busy bot: every pair has a signal with all values, and every step another text."""
    values = np.random.default_rng(1).random(len(NAMES)).tobytes()
    for number in range(candles):
        opened = OPENED + number * FIVE_MINUTES
        recording.now = opened + FIVE_MINUTES
        for pair in PAIRS:
            signal = Signal(candle_date=opened, enter_long=True, enter_tag=f"{text}{number}")
            recording.decisions.analysed(pair, signal, Indicators(NAMES, values + b""))
            for step in range(steps):
                facts = (pair, f"{text}{number}{step}", f"{step}{text}{number}")
                recording.decisions.note(pair, Kind.EXIT_DUE, *facts, 100.0 + step, 0.01)


@pytest.mark.parametrize(
    ("candles", "text", "steps"),
    [(80, "a tag", 1), (3, "😀" * 400, 14)],
    ids=["a usual bot", "the largest texts"],
)
def test_a_hundred_pairs_take_at_most_five_megabytes(candles, text, steps):
    gc.collect()
    tracemalloc.start()
    recording = Recording()
    try:
        fill(recording, candles, text, steps)
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 5_000_000
    depth = len(recording.decisions.newest_first(PAIRS[0], 500))
    assert depth >= (60 if steps == 1 else 2), "and that is worth something"
