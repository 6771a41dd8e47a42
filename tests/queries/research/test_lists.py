"""What research can be done with, over the API: strategies, candles, pair lists, loss functions."""

import pytest

from tests.support.research.backtests import Workspace, walk
from tests.support.research.webserver import webserver
from tests.support.schema import answer_schema, differences


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.strategy(more='plot_config = {"main_plot": {"ema": {}}}')
    workspace.store("BTC/USDT", walk(50))
    workspace.store("ETH/USDT", walk(50), timeframe="1h")
    workspace.store("ETH/EUR", walk(50))
    return workspace


@pytest.fixture
async def api(workspace):
    async with webserver(workspace) as api:
        yield api


async def test_only_strategies_that_can_be_loaded_are_listed(api, workspace):
    (workspace.folder / "strategies" / "broken.py").write_text("import nothing_of_that_name\n")
    shown = (await api.get("/strategies")).body
    assert differences(shown, answer_schema("GET", "/strategies")) == []
    assert "Mine" in shown["strategies"]
    assert not any("roken" in name for name in shown["strategies"])


@pytest.mark.parametrize("name", ["Nothing", "..%2FMine", "mine.py", "%2Fetc%2Fpasswd", "Mine:cGFzcw=="])
async def test_a_strategy_is_found_by_the_name_of_its_class_alone(api, name):
    assert (await api.get(f"/strategy/{name}")).status == 404


async def test_a_strategy_shows_its_code(api):
    shown = (await api.get("/strategy/Mine")).body
    assert differences(shown, answer_schema("GET", "/strategy/{strategy}")) == []
    assert (shown["strategy"], shown["timeframe"]) == ("Mine", "5m")
    assert "class Mine(IStrategy)" in shown["code"]


async def test_the_plot_configuration_is_that_of_the_strategy_named(api):
    nameless = await api.get("/plot_config")
    assert (nameless.status, list(nameless.body)) == (502, ["error"])
    unknown = await api.get("/plot_config?strategy=Nothing")
    assert (unknown.status, list(unknown.body)) == (502, ["detail"])
    assert (await api.get("/plot_config?strategy=a:b")).status == 422
    shown = (await api.get("/plot_config?strategy=Mine")).body
    assert shown == {"subplots": {}, "main_plot": {"ema": {}}}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [["BTC/USDT", "5m", "spot"], ["ETH/EUR", "5m", "spot"], ["ETH/USDT", "1h", "spot"]]),
        ("timeframe=1h", [["ETH/USDT", "1h", "spot"]]),
        ("stake_currency=EUR", [["ETH/EUR", "5m", "spot"]]),
        ("candletype=futures", []),
        ("timeframe=..%2F5m", []),
    ],
)
async def test_stored_candles_are_listed_by_what_is_asked_for(api, query, found):
    shown = (await api.get(f"/available_pairs?{query}")).body
    assert differences(shown, answer_schema("GET", "/available_pairs")) == []
    assert shown["pair_interval"] == found
    assert shown["pairs"] == sorted({series[0] for series in found})
    assert shown["length"] == len(shown["pairs"])


async def test_a_folder_without_candles_has_none(tmp_path):
    async with webserver(Workspace(tmp_path / "empty")) as api:
        assert (await api.get("/available_pairs")).body == {"length": 0, "pairs": [], "pair_interval": []}


async def test_markets_of_any_exchange_are_shown_and_an_unknown_one_is_refused(api):
    shown = (await api.get("/markets?quote=USDT&base=BTC")).body
    assert differences(shown, answer_schema("GET", "/markets")) == []
    assert (list(shown["markets"]), shown["exchange_id"]) == (["BTC/USDT"], "simulated")
    answer = await api.get("/markets?exchange=../../nothing")
    assert answer.status == 502
    assert "exchange.name: expected an exchange" in answer.body["error"]


async def test_everything_else_that_can_be_chosen_is_listed(api):
    assert (await api.get("/freqaimodels")).body == {"freqaimodels": []}
    lists = (await api.get("/pairlists/available")).body
    assert differences(lists, answer_schema("GET", "/pairlists/available")) == []
    assert {"StaticPairList", "VolumePairList"} <= {one["name"] for one in lists["pairlists"]}
    losses = (await api.get("/hyperoptloss")).body
    assert differences(losses, answer_schema("GET", "/hyperoptloss")) == []
    assert "SharpeHyperOptLoss" in {one["name"] for one in losses["loss_functions"]}


async def test_the_settings_are_shown_without_a_strategy(api):
    shown = (await api.get("/show_config")).body
    assert differences(shown, answer_schema("GET", "/show_config")) == []
    assert (shown["runmode"], shown["state"], shown["strategy"]) == ("webserver", "", None)
    assert shown["max_open_trades"] == 3


async def test_the_server_is_alive_and_ready_without_a_bot(api):
    for path, status in (("/livez", "alive"), ("/readyz", "ready")):
        async with api.session.get(f"{api.url}{path}") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": status})
