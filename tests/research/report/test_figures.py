"""Key figures."""

import pytest

from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.report.equity import Account, candle_grid
from appliance.research.report.figures import Figure, key_figures
from tests.research.report.made import outcome, rows, trade


def figures(trades: list[Trade], closes: list[float], **fields: object) -> dict[str, Figure]:
    made = outcome(trades, candles=len(closes), **fields)
    account = Account(candle_grid("5m", to_ms(made.first), to_ms(made.last)), made.starting_balance)
    account.add_pair(rows(closes), made.trades)
    return {figure.label: figure for figure in key_figures(made, account, "USDT")}


def test_figures_of_trades():
    found = figures(
        [
            trade((0, "entry", 1.0, 100.0), (3, "exit", 1.0, 110.0)),
            trade((1, "entry", 1.0, 110.0), (4, "exit", 1.0, 105.0)),
        ],
        [100.0, 110.0, 90.0, 110.0, 105.0, 105.0],
    )
    assert found["Final balance"] == Figure("Final balance", "1,004.58", "USDT", "started with 1,000.00")
    assert found["Profit"] == Figure("Profit", "+4.58", "USDT", "+0.46 % of the start", "up")
    assert found["Growth per year"].note == "the market made +5.00 %"
    assert found["Trades"].value == "2"
    assert found["Trades"].note == "2.0 a day, 2 open at most"
    assert (found["Win rate"].value, found["Win rate"].note) == ("50 %", "1 won, 1 lost")
    assert found["Profit factor"].value == "1.88"
    assert found["Deepest drawdown"].tone == "down"
    assert found["Deepest drawdown"].note.startswith("39.96 USDT")  # both trades at 90
    assert found["Sharpe ratio"].value


def test_the_drawdown_is_seen_while_a_trade_is_held():
    """Closed trades alone would show none: the only trade gained."""
    found = figures([trade((0, "entry", 1.0, 100.0), (3, "exit", 1.0, 110.0))], [100.0, 50.0, 80.0, 110.0])
    assert found["Deepest drawdown"].value == "−5.01 %"
    assert found["Deepest drawdown"].note == "50.15 USDT on 2025-01-31, 15 min under water"


@pytest.mark.parametrize("closes", [[100.0], [100.0, 101.0]])
def test_without_trades(closes: list[float]):
    found = figures([], closes)
    assert found["Trades"] == Figure("Trades", "0", "", "none was made")
    assert found["Deepest drawdown"].value == "0 %"
    assert "Win rate" not in found


def test_a_year_without_a_start_has_no_growth():
    assert figures([], [100.0], start=0.0)["Growth per year"].value == "–"
