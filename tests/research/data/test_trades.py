"""Files of public trades."""

from pathlib import Path

import pytest

from appliance.domain.errors import DataError
from appliance.research.data.formats import FORMATS
from appliance.research.data.trades import PublicTrades, TradeFiles

WRITTEN = Path(__file__).parents[2] / "data" / "research" / "written"
PAIR = "ADA/USDT"


def rows(trades: PublicTrades) -> list[tuple[object, ...]]:
    return list(zip(*(values.tolist() for values in trades.columns.values()), strict=True))


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


def test_a_trade_that_came_twice_is_kept_once():
    older = PublicTrades.of_rows(
        [(2, "b", None, "buy", 1.0, 1.0, 1.0), (1, "a", None, "sell", 1.0, 1.0, 1.0)]
    )
    newer = PublicTrades.of_rows([(2, "b", None, "buy", 1.0, 1.0, 1.0), (3, "c", None, "buy", 1.0, 1.0, 1.0)])
    assert [row[1] for row in rows(older.with_newer(newer))] == ["a", "b", "c"]


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
