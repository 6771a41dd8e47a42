"""Which closed trades are shown, and in what order."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.reports.trade_choice import CSV_COLUMNS, TradeChoice, as_csv, chosen_places, names_in

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def closed(number: int, pair: str, profit: float, hours: float = 1.0, **more: object) -> ClosedTrade:
    end = BEGAN + timedelta(days=number)
    values: dict[str, object] = {
        "id": number,
        "pair": pair,
        "is_short": False,
        "leverage": 1.0,
        "strategy": "S",
        "open_date": end - timedelta(hours=hours),
        "close_date": end,
        "close_profit": profit / 50,
        "realized_profit": profit,
        "close_profit_abs": profit,
        "stake_amount": 50.0,
        "volume": 100.0,
        "max_stake_amount": 50.0,
        "enter_tag": None,
        "exit_reason": "roi",
    }
    return ClosedTrade(**(values | more))


TRADES = ClosedTrades(
    [
        closed(1, "BTC/USDT", 5.0, 48),
        closed(2, "ETH/USDT", -1.0, enter_tag="dip"),
        closed(3, "BTC/USDT", 0.0, exit_reason="stop_loss"),
        closed(4, "BTC/USDT", 2.0, 0.5, enter_tag="dip"),
    ]
)


def ids(**choice: object) -> list[int]:
    return [TRADES[int(place)].id for place in chosen_places(TRADES.columns(), TradeChoice(**choice))]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"ascending": True}, [1, 2, 3, 4]),
        ({"pair": "BTC/USDT"}, [4, 3, 1]),
        ({"tag": "dip"}, [4, 2]),
        ({"reason": "stop_loss"}, [3]),
        ({"outcome": "won"}, [4, 1]),
        ({"outcome": "lost"}, [3, 2]),
        ({"pair": "BTC/USDT", "outcome": "won", "order": "profit"}, [1, 4]),
        ({"order": "profit"}, [1, 4, 3, 2]),
        ({"order": "ratio", "ascending": True}, [2, 3, 4, 1]),
        ({"order": "duration"}, [1, 3, 2, 4]),
        ({"order": "opened"}, [4, 3, 2, 1]),
        ({"pair": "NOPE/USDT"}, []),
        ({"tag": "roi"}, []),
    ],
)
def test_trades_are_chosen_and_put_in_order(choice, found):
    assert ids(**choice) == found


def test_what_can_be_chosen_is_what_there_is():
    assert names_in(TRADES.columns(), "pair") == ["BTC/USDT", "ETH/USDT"]
    assert names_in(TRADES.columns(), "enter_tag") == ["dip"]
    assert names_in(ClosedTrades().columns(), "pair") == []
    assert list(chosen_places(ClosedTrades().columns(), TradeChoice(pair="BTC/USDT"))) == []


def test_csv_has_a_heading_and_a_row_for_each_trade():
    rows = list(csv.DictReader(io.StringIO(as_csv(TRADES))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["profit_abs"] for row in rows] == ["5.0", "-1.0", "0.0", "2.0"]
    assert rows[1]["close_date"] == "2026-01-03T00:00:00+00:00"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", 'a"b,c\n'])
def test_a_spreadsheet_runs_nothing_that_others_wrote(text):
    [row] = csv.DictReader(io.StringIO(as_csv([closed(1, "BTC/USDT", 1.0, enter_tag=text)])))
    assert not row["enter_tag"].startswith(("=", "+", "-", "@", "\t"))
    assert row["enter_tag"].endswith(text)
