"""Files of public trades."""

from pathlib import Path

import pytest

from appliance.domain.errors import DataError
from appliance.research.data.formats import FORMATS
from appliance.research.data.trades import PublicTrades, TradeFiles

WRITTEN = Path(__file__).parents[2] / "data" / "research" / "written"
PAIR = "ADA/USDT"


def rows(trades: PublicTrades) -> list[tuple[object, ...]]:
    return list(trades.rows())


@pytest.mark.parametrize("kind", FORMATS)
def test_what_freqtrade_wrote_is_read_and_written_again(tmp_path, kind):
    files = TradeFiles(WRITTEN, kind)
    assert files.pairs() == [PAIR]
    trades = files.load(PAIR)
    assert len(trades) == 30
    assert rows(trades)[1] == (1735689600977, "1001", None, "buy", 0.851, 11.5, 9.7865)
    own = TradeFiles(tmp_path, kind, futures=True)
    own.save(PAIR, trades)
    assert rows(own.load(PAIR)) == rows(trades)
    assert (tmp_path / "futures").is_dir()


def of(*trades: tuple[int, str | None, float]) -> PublicTrades:
    return PublicTrades.of_rows([(at, name, None, "buy", price, 1.0, price) for at, name, price in trades])


@pytest.mark.parametrize(
    ("known", "page", "new"),
    [
        ([(1, "a", 1.0), (2, "b", 1.0)], [(2, "b", 1.0), (2, "c", 1.0)], [(2, "c", 1.0)]),
        ([(1, "a", 1.0), (2, "b", 1.0)], [(3, "b", 1.0)], [(3, "b", 1.0)]),
        ([(2, None, 1.0)], [(2, "b", 1.0), (2, "c", 2.0)], [(2, "c", 2.0)]),
        ([(2, "", 1.0)], [(2, "", 1.0), (2, "", 2.0)], [(2, "", 2.0)]),
        ([(2, "a", 1.0), (2, "b", 1.0)], [(2, "a", 1.0), (2, "b", 1.0)], []),
        ([], [(2, "b", 1.0)], [(2, "b", 1.0)]),
        ([(2, "b", 1.0)], [], []),
    ],
)
def test_a_trade_that_came_twice_is_kept_once(known, page, new):
    found = of(*page).without(of(*known))
    assert [(row[0], row[1], row[4]) for row in found.rows()] == new


def test_trades_are_joined_and_cut():
    both = PublicTrades.joined([of((1, "a", 1.0)), of((2, "b", 1.0), (3, "c", 2.0))])
    assert [row[1] for row in both.until(3).rows()] == ["a", "b"]
    assert both.last() == (3, "c", None, "buy", 2.0, 1.0, 2.0)
    assert of().last() is None


def test_trades_out_of_order_are_put_in_order(tmp_path):
    files = TradeFiles(tmp_path, "feather")
    files.save(PAIR, of((2, "b", 1.0), (1, "a", 1.0)))
    assert [row[1] for row in files.load(PAIR).rows()] == ["a", "b"]


def test_trades_around_the_span_of_others_stay():
    stored = PublicTrades.of_rows([(at, None, None, "buy", 1.0, 1.0, 1.0) for at in (1, 2, 3, 4)])
    others = PublicTrades.of_rows([(at, None, None, "buy", 9.0, 1.0, 1.0) for at in (2, 3)])
    together = rows(stored.with_span_of(others))
    assert [(row[0], row[4]) for row in together] == [(1, 1.0), (2, 9.0), (3, 9.0), (4, 1.0)]
    none = PublicTrades.of_rows(())
    assert rows(none.with_span_of(stored)) == rows(stored.with_span_of(none)) == rows(stored)


def test_a_file_without_a_column_is_refused(tmp_path):
    (tmp_path / "ADA_USDT-trades.json").write_text("[[1, 2]]")
    with pytest.raises(DataError, match="has no column type"):
        TradeFiles(tmp_path, "json").load(PAIR)
    assert len(TradeFiles(tmp_path, "feather").load(PAIR)) == 0
