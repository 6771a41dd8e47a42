"""Trades by columns."""

from appliance.research.report.trade_table import Texts, trade_columns
from appliance.research.report.windows import Window
from tests.research.report.made import START, at, trade

SECONDS = int(START.timestamp())


def test_texts_are_numbered_once():
    texts = Texts()
    assert [texts.code(text) for text in ("a", "b", "a", "", None)] == [0, 1, 0, -1, -1]
    assert texts.all() == ["a", "b"]


def test_a_trade_becomes_numbers():
    texts = Texts()
    one = trade(
        (1, "entry", 2.0, 100.0), (3, "exit", 0.5, 104.0), (4, "exit", 1.5, 105.0), enter_tag="dip", id=7
    )
    columns = trade_columns([one], {0: Window(5, 60, 2)}, texts)
    assert {len(column) for column in columns.values()} == {1}
    first = {name: column[0] for name, column in columns.items()}
    assert texts.all() == ["ETH/USDT", "roi", "dip"]
    assert (first["id"], first["pair"], first["tag"], first["short"]) == (7, 0, 2, 0)
    assert (first["opened"], first["closed"]) == (SECONDS + 300, SECONDS + 1200)
    assert first["profit"] == float(f"{one.close_profit_abs:.10g}")
    assert (first["firstStop"], first["lastStop"]) == (90, 95)
    assert first["orders"] == [
        [1, SECONDS + 300, 100, 2, -1], [0, SECONDS + 900, 104, 0.5, -1], [0, SECONDS + 1200, 105, 1.5, -1],
    ]  # fmt: skip
    assert first["window"] == [5, 60, 2]


def test_unfilled_orders_are_left_out_and_a_trade_may_have_no_candles():
    one = trade((1, "entry", 2.0, 100.0), (3, "exit", 2.0, 104.0), is_short=True)
    one.orders[0].filled = 0.0
    columns = trade_columns([one], {}, Texts())
    assert len(columns["orders"][0]) == 1
    assert (columns["window"][0], columns["short"][0]) == ([0, 0, 1], 1)
    assert at(1) == one.open_date
