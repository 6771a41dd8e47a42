"""What is shown of a result."""

import math

import msgspec

from appliance.research.recursive.result import Needed, RecursiveResult
from appliance.research.recursive.tables import advice, needs_table, variance_table


def need(column, candles, deviation=0.0, verdict="settles"):
    return Needed(column=column, candles=candles, verdict=verdict, deviation=deviation)


RESULT = RecursiveResult(
    filename="mine.py",
    strategy="Mine",
    pair="BTC/USDT",
    startup_candles=(30, 199),
    strategy_scc=30,
    results={"ema": {"30": -0.01234, "199": 0.0}, "flag": {"30": math.nan}},
    needed=(need("ema", 120, 0.0123), need("sum", None, 1.5, "never settles"), need("sma", 20, math.inf)),
    recommended=120,
    most=1000,
)


def told(**changed):
    return "\n".join(advice(msgspec.structs.replace(RESULT, **changed)))


def test_the_first_table_is_freqtrades():
    table = variance_table(RESULT)
    assert table.headings == ("Indicators", "30 (from strategy)", "199")
    assert table.rows == [("ema", "-1.234%", "0.000%"), ("flag", "nan%", "-")]


def test_what_needs_most_comes_first():
    assert needs_table(RESULT).rows == [
        ("sum", "all", "150.000%"),
        ("ema", "120", "1.230%"),
        ("sma", "20", "no value"),
    ]
    more = msgspec.structs.replace(RESULT, needed=(need("ema", None, 0.1, "needs more"),))
    assert needs_table(more).rows == [("ema", "more than 1000", "10.000%")]


def test_a_number_is_recommended():
    assert "Set startup_candle_count = 120 in Mine (it has 30)." in told()
    assert "(it has none)" in told(strategy_scc=0)
    assert "startup_candle_count = 400 is enough; 120 would be." in told(strategy_scc=400)
    assert "sum: no number is enough" in told()


def test_where_the_range_is_too_short_no_number_is_recommended():
    text = told(recommended=None, needed=(need("ema", None, 0.1, "needs more"),))
    assert "ema: more than 1000 candles are needed" in text
    assert "Set startup" not in text
