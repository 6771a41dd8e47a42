"""Candles of the past over the API, as a strategy analyses them."""

import pytest

from tests.support.research.backtests import BEGIN, Workspace, walk
from tests.support.research.webserver import webserver
from tests.support.schema import answer_schema, differences

PATH = "/pair_history?pair=BTC/USDT&timeframe=5m&timerange=20250701-20250702&strategy=Mine"
REQUEST = {"pair": "BTC/USDT", "timeframe": "5m", "timerange": "20250701-20250702", "strategy": "Mine"}


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.strategy(
        indicators="dataframe['mean'] = dataframe['close'].rolling(3).mean(); dataframe['more'] = 1",
        entries="dataframe.loc[dataframe.index % 5 == 0, 'enter_long'] = 1",
        more="@informative('1h')\n    def populate_slow(self, dataframe, metadata): return dataframe",
    )
    source = workspace.folder / "strategies" / "mine.py"
    source.write_text(source.read_text().replace("import IStrategy", "import IStrategy, informative"))
    for pair in ("BTC/USDT", "ETH/USDT"):
        workspace.store(pair, walk(300))
        workspace.store(pair, walk(30, timeframe="1h"), timeframe="1h")
    return workspace


@pytest.fixture
async def api(workspace):
    async with webserver(workspace) as api:
        yield api


async def test_what_cannot_be_shown_says_why_where_clients_look(api):
    answer = await api.post("/pair_history", REQUEST | {"pair": "../../../etc/passwd"})
    assert answer.status == 502
    assert "has no candles" in answer.body["detail"]


@pytest.mark.parametrize("name", ["../Mine", "mine.py", "Mine:cGFzcw=="])
async def test_a_strategy_is_named_by_its_class_alone(api, name):
    assert (await api.post("/pair_history", REQUEST | {"strategy": name})).status == 422
    assert (await api.get(PATH.replace("Mine", name))).status == 422


async def test_candles_are_shown_with_indicators_and_signals(api):
    shown = (await api.get(PATH)).body
    assert differences(shown, answer_schema("GET", "/pair_history")) == []
    assert (shown["strategy"], shown["pair"], shown["length"]) == ("Mine", "BTC/USDT", 289)
    assert {"mean", "more", "close_1h", "enter_long"} <= set(shown["columns"])
    assert shown["enter_long_signals"] == 58
    assert shown["data_start_ts"] == BEGIN
    row = dict(zip(shown["columns"], shown["data"][0], strict=True))
    assert (row["date"], row["__date_ts"]) == ("2025-07-01T00:00:00Z", BEGIN)


async def test_columns_and_the_number_of_candles_are_chosen(api):
    shown = (await api.post("/pair_history", REQUEST | {"columns": ["mean"], "limit": 10})).body
    assert shown["length"] == 10
    assert "mean" in shown["columns"]
    assert "more" not in shown["columns"]
    assert "more" in shown["all_columns"]


async def test_without_a_strategy_candles_are_shown_as_they_are(api):
    shown = (await api.post("/pair_history", {**REQUEST, "strategy": None})).body
    assert differences(shown, answer_schema("POST", "/pair_history")) == []
    assert shown["all_columns"] == ["date", "open", "high", "low", "close", "volume"]
    assert shown["strategy"] == ""
