"""What is shown of a result."""

import msgspec
import pytest

from appliance.research.lookahead.result import BiasedColumn, BiasedSignal, Evidence, LookaheadResult
from appliance.research.lookahead.tables import MOST_SIGNALS, column_table, notes, signal_table, verdicts
from appliance.research.results.printing.output import HEADING
from tests.support.research.backtests import BEGIN

EXAMPLE = Evidence(pair="BTC/USDT", candle_ms=BEGIN, known_ms=BEGIN + 300_000, whole=101.5, known=100.0)


def result(**changed):
    plain = LookaheadResult(
        filename="mine.py",
        strategy="Mine",
        has_bias=False,
        total_signals=20,
        biased_entry_signals=0,
        biased_exit_signals=0,
        biased_indicators=(),
        found_signals=30,
        checked_candles=60,
        minimum_signals=10,
    )
    return msgspec.structs.replace(plain, **changed)


def test_the_verdict_is_freqtrades_table():
    biased = result(
        strategy="Other", has_bias=True, biased_entry_signals=3, biased_indicators=("next", "enter_long")
    )
    table = verdicts([result(), biased], [("Broken", "")])
    assert list(table.rows) == [
        ("mine.py", "Mine", "No", "20", "0", "0", ""),
        ("mine.py", "Other", f"{HEADING}Yes", "20", "3", "0", "next, enter_long"),
        ("", "Broken", "error while checking", "", "", "", ""),
    ]


def test_too_few_signals_are_no_verdict_unless_one_is_biased():
    few = {"found_signals": 3, "total_signals": 3}
    assert verdicts([result(**few)]).rows[0][2] == "too few signals (3/10)"
    assert verdicts([result(**few, has_bias=True)]).rows[0][2] == f"{HEADING}Yes"
    assert any("too few signals to tell" in line for line in notes(result(**few)))


def test_a_column_is_shown_with_its_evidence():
    column = BiasedColumn(
        column="next", ahead=2, candles=7, pairs=("BTC/USDT", "ETH/USDT"), is_signal=False, example=EXAMPLE
    )
    assert column_table("Mine", [column]).rows == [
        (
            *("next", "at least 2", "7", "BTC/USDT and 1 more", "2025-07-01 00:00", "2025-07-01 00:05"),
            *("101.5", "100", "1.500%"),
        )
    ]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"change": "vanishes"}, "there is none"),
        ({"change": "appears"}, "there is one; with all candles there is none"),
        ({"change": "tag", "whole_tag": "win"}, "its tag is empty; with all candles win"),
    ],
)
def test_a_signal_is_shown_with_its_change(change, text):
    signal = BiasedSignal(pair="BTC/USDT", candle_ms=BEGIN, kind="enter_long", **change)
    assert signal_table(result(signals=(signal,))).rows == [
        ("enter_long", "BTC/USDT", "2025-07-01 00:00", text)
    ]


def test_only_the_first_signals_are_listed():
    signal = BiasedSignal(pair="BTC/USDT", candle_ms=BEGIN, kind="enter_long", change="vanishes")
    table = signal_table(result(signals=(signal,) * (MOST_SIGNALS + 5)))
    assert len(table.rows) == MOST_SIGNALS
    assert "5 more are not shown" in table.title


def test_what_could_not_be_checked_is_told():
    told = "\n".join(
        notes(result(unsteady=("noise",), memory="kept apart", failures=2, failure="Mine failed"))
    )
    assert "could not be compared: noise." in told
    assert "Each run got a process of its own" in told
    assert "2 candles could not be checked" in told
    assert told.endswith("first: Mine failed")
