"""The running strategy over the API: code, parameters, what is drawn."""

import pytest

from appliance.server.bot_slot import BOT_SLOT
from tests.support.schema import answer_schema, differences
from tests.support.scripted import scene
from tests.support.serving import LOGIN, served

DRAWN = """
import numpy as np
import pandas as pd

from freqtrade.strategy import (
    BooleanParameter, CategoricalParameter, DecimalParameter, IntParameter, IStrategy, RealParameter
)


class Drawn(IStrategy):
    timeframe = "5m"
    minimal_roi = {"0": 10}
    stoploss = -0.1
    startup_candle_count = 10
    plot_config = {"main_plot": {"mean": {"color": "red", "odd": {1, 1}, "number": np.int64(3)}}}

    buy_length = IntParameter(5, 50, default=20, load=False)
    buy_share = DecimalParameter(0.1, 0.9, decimals=2, default=0.5, space="sell", optimize=False)
    buy_real = RealParameter(0.0, 1.0, default=0.25)
    buy_kind = CategoricalParameter(["sma", "ema", None], default="ema")
    buy_sure = BooleanParameter(default=True)

    def populate_indicators(self, dataframe, metadata):
        dataframe["mean"] = dataframe["close"].rolling(3).mean()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def plot_annotations(self, pair, start_date, end_date, dataframe, **kwargs):
        if pair == "SOL/USDT":
            raise ValueError("no marks today")
        dataframe["mean"] = 0.0  # must not reach the bot's own candles
        return [
            {"type": "area", "start": start_date, "end": end_date, "y_start": dataframe["low"].min()},
            {"type": "line", "start": "2026-01-05 11:00:00", "y_start": np.float64(99.5), "width": 2},
            {"type": "point", "x": pd.Timestamp(end_date), "y": len(dataframe), "shape": "pin"},
            {"type": "point", "x": end_date, "unknown": 1},
            {"type": "circle"},
            "nonsense",
        ]
"""


@pytest.fixture
async def drawn(tmp_path):
    async with scene(tmp_path, strategy="Drawn", code=DRAWN, **LOGIN) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        await stage.cycle()
        yield api


async def test_other_strategies_are_not_shown(api):
    assert (await api.get("/strategy/Nope")).status == 404
    assert (await api.get("/plot_config?strategy=Nope")).status == 502


async def test_a_strategy_that_wants_nothing_drawn_says_so(api):
    assert (await api.get("/plot_config")).body == {}


async def test_plot_config_is_json_whatever_the_strategy_wrote(drawn):
    for query in ("", "?strategy=Drawn"):
        told = (await drawn.get(f"/plot_config{query}")).body
        assert differences(told, answer_schema("GET", "/plot_config")) == []
        assert told == {
            "main_plot": {"mean": {"color": "red", "odd": [1], "number": 3}},
            "subplots": {},
        }


async def test_code_and_parameters_are_shown(drawn):
    told = (await drawn.get("/strategy/Drawn")).body
    assert differences(told, answer_schema("GET", "/strategy/{strategy}")) == []
    assert (told["strategy"], told["timeframe"], told["code"]) == ("Drawn", "5m", DRAWN)
    by_name = {parameter["name"]: parameter for parameter in told["params"]}
    assert by_name["buy_length"] == {
        "param_type": "IntParameter",
        "name": "buy_length",
        "space": "buy",
        "load": False,
        "optimize": True,
        "value": 20,
        "low": 5,
        "high": 50,
    }
    assert (by_name["buy_share"]["space"], by_name["buy_share"]["decimals"]) == ("sell", 2)
    assert by_name["buy_real"]["param_type"] == "RealParameter"
    assert by_name["buy_kind"]["opt_range"] == ["sma", "ema", None]
    assert by_name["buy_sure"]["opt_range"] == [True, False]


async def test_invalid_marks_are_left_out(drawn):
    body = {"pair": "ETH/USDT", "timeframe": "5m", "limit": 4, "columns": ["mean"]}
    told = (await drawn.post("/pair_candles", body)).body
    area, line, point = told.pop("annotations")
    assert differences(told, answer_schema("POST", "/pair_candles")) == [".annotations is missing"]
    assert (area["type"], area["y_start"]) == ("area", 100.0)
    assert line == {"type": "line", "start": "2026-01-05 11:00:00", "y_start": 99.5, "width": 2}
    assert (point["x"], point["y"], point["shape"]) == (area["end"], 4.0, "pin")
    assert told["data"][-1][told["columns"].index("mean")] == 100.0


async def test_a_strategy_that_fails_at_its_marks_still_shows_candles(drawn):
    told = await drawn.get("/pair_candles?pair=SOL/USDT&timeframe=5m")
    assert (told.status, told.body["annotations"], told.body["length"] > 0) == (200, [], True)
