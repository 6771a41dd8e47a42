"""The page of one pair."""

import base64
import json
import re
import zlib
from typing import Any

import numpy as np
import pandas as pd
import pytest

from appliance.research.plots.indicators import drawn
from appliance.research.plots.pair_page import Subject, pair_page
from tests.research.report.made import START_MS, STEP_MS, at, trade

SUBJECT = Subject(pair="ETH/USDT", timeframe="5m", strategy="Mine", stake_currency="USDT")
CONFIG = {
    "main_plot": {"ema": {}, "text": {}, "gone": {}},
    "subplots": {"RSI": {"rsi": {"type": "bar"}}, "None": {"empty": {}}},
}


def frame(rows: int = 20) -> pd.DataFrame:
    close = 100 + np.arange(rows) * 0.5
    dates = pd.to_datetime(START_MS + STEP_MS * np.arange(rows), unit="ms", utc=True)
    made = pd.DataFrame(
        {
            "date": dates,
            "open": close - 0.25,
            "high": close + 1,
            "low": close - 1,
            "close": close,
            "volume": 2.5,
        }
    )
    made["ema"] = close.astype(object)
    made["rsi"] = np.where(np.arange(rows) < 5, np.nan, 1e300)
    made["text"], made["empty"] = "up", np.nan
    made["enter_long"] = np.where(np.arange(rows) % 10 == 3, 1, 0)
    return made


def block(page: bytes, name: str) -> bytes:
    (found,) = re.findall(rf'<script type="text/plain" id="{name}">([^<]*)</script>', page.decode())
    return zlib.decompress(base64.b64decode(found))


def data_of(page: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(block(page, "data"))
    return data


def test_candles_columns_signals_and_trades_are_in_the_page():
    trades = [
        trade((2, "entry", 1.0, 101.0), (6, "exit", 1.0, 103.0), enter_tag="dip"),
        trade((12, "entry", 1.0, 106.0)),
        trade((-9, "entry", 1.0, 101.0), (-2, "exit", 1.0, 103.0)),
        trade((30, "entry", 1.0, 101.0), (32, "exit", 1.0, 103.0)),
    ]
    page = pair_page(SUBJECT, frame(), drawn(CONFIG), trades)
    data = data_of(page)
    assert data["columns"] == ["volume", "ema", "rsi"]
    assert data["signals"] == {"enter_long": [3, 13], "exit_long": [], "enter_short": [], "exit_short": []}
    assert (data["count"], data["places"]) == (20, 2)
    assert [one["name"] for one in data["panes"][0]["indicators"]] == ["ema"]
    assert [one["kind"] for one in data["panes"][1]["indicators"]] == ["bar"]
    assert data["panes"][2]["indicators"] == []
    assert data["trades"]["opened"] == [int(at(2).timestamp())]
    assert data["open"]["opened"] == [int(at(12).timestamp())]
    assert len(block(page, "candles")) == 20 * 5 * 4
    values = (
        np.frombuffer(block(page, "columns"), np.uint8).reshape(4, -1).T.copy().view("<f4").reshape(3, 20)
    )
    assert values[0].tolist() == [2.5] * 20
    assert values[1].tolist() == frame()["ema"].tolist()
    assert np.isnan(values[2][:5]).all()


def test_columns_that_are_not_there_are_named():
    text = pair_page(SUBJECT, frame(), drawn(CONFIG), []).decode()
    assert "Not among the columns of the strategy: gone<" in text
    assert "--panes: 2" in text
    assert "Not among" not in pair_page(SUBJECT, frame(), drawn({}), []).decode()


def test_an_empty_list_of_trades_says_why():
    page = pair_page(SUBJECT, frame(1), drawn({}), [], "are shown, as asked for by --no-trades.").decode()
    assert "<strong>No trades</strong> are shown, as asked for by --no-trades." in page
    assert 'id="filters"' not in page


@pytest.mark.parametrize("value", [np.inf, None, pd.NA, "x"])
def test_odd_values_are_gaps(value: Any):
    made = frame()
    made["ema"] = pd.Series([value] + [1.0] * 19, dtype=object)
    page = pair_page(SUBJECT, made, drawn({"main_plot": {"ema": {}}}), [])
    assert data_of(page)["columns"] == ["volume", "ema"]
