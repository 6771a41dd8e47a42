"""Pages in the user data folder."""

import pytest

from appliance.domain.errors import ConfigurationError, DataError
from appliance.research.plots.trades import FoundTrades
from appliance.research.plots.write import Wanted, write_pair_pages, write_profit_page
from appliance.research.report.terms import Terms
from tests.research.report.made import trade
from tests.support.research.backtests import BEGIN, Workspace

IN_RANGE = (BEGIN - 1738360800000) / 300_000
"""The first stored candle, counted from that of hand-made trades."""
TRADE = trade((IN_RANGE + 5, "entry", 1.0, 100.0), (IN_RANGE + 9, "exit", 1.0, 110.0), pair="BTC/USDT")


def test_each_pair_has_a_page(workspace: Workspace):
    workspace.strategy()
    found = FoundTrades(trades=[TRADE], source="a test")
    files = list(write_pair_pages(workspace.loaded(), Wanted(), found))
    assert [file.relative_to(workspace.folder).as_posix() for file in files] == [
        "plot/freqtrade-plot-BTC_USDT-5m.html",
        "plot/freqtrade-plot-ETH_USDT-5m.html",
    ]
    assert 'id="filters"' in files[0].read_text()
    assert 'id="filters"' not in files[1].read_text()


def test_profits_have_a_page_of_the_time_frame_that_is_known(workspace: Workspace):
    workspace.strategy()
    terms = Terms(timeframe="5m", stake_currency="USDT")
    found = FoundTrades(trades=[TRADE], source="a test", terms=terms, starting_balance=500.0)
    file = write_profit_page(workspace.loaded(), Wanted(pairs=("BTC.*",)), found)
    assert file == workspace.folder / "plot" / "freqtrade-profit-plot.html"
    text = file.read_text()
    assert "<dt>Trades from</dt><dd>a test</dd>" in text
    assert "Profit of 1 trade<" in text


def test_without_a_time_frame_or_closed_trades_there_is_no_page(workspace: Workspace):
    found = FoundTrades(trades=[trade((1, "entry", 1.0, 100.0))], source="the database")
    with pytest.raises(ConfigurationError, match="--timeframe"):
        write_profit_page(workspace.loaded(), Wanted(), found)
    with pytest.raises(DataError, match="no closed trades in the database"):
        write_profit_page(workspace.loaded(timeframe="5m"), Wanted(), found)
    assert not (workspace.folder / "plot").exists()
