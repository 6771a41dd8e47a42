"""Our endpoints beside the contract's: paths, parameters, and the types of every answer."""

import msgspec
import pytest
from msgspec import inspect as kinds

from appliance.server.routing.routes import ROUTES
from tests.support.schema import CONTRACT, answer_schema, differences

pytestmark = pytest.mark.python_independent

BY_PATH = {(route.method.lower(), f"/api/v1{route.path}"): route for route in ROUTES}


def contract_operations():
    return [
        (method, path)
        for path, methods in CONTRACT["paths"].items()
        for method in methods
        if (method, path) in BY_PATH
    ]


@pytest.mark.parametrize(("method", "path"), contract_operations())
def test_every_endpoint_takes_what_the_contract_says(method, path):
    route, operation = BY_PATH[method, path], CONTRACT["paths"][path][method]
    for place in ("query", "path"):
        kind = route.takes(place)
        ours = {f.encode_name: f for f in msgspec.structs.fields(kind)} if kind else {}
        theirs = {p["name"]: p for p in operation.get("parameters", []) if p["in"] == place}
        assert ours.keys() == theirs.keys()
        for name, parameter in theirs.items():
            assert ours[name].required == parameter["required"]
            if "default" in parameter["schema"]:
                made = ours[name].default_factory
                default = ours[name].default if made is msgspec.NODEFAULT else made()
                assert default == parameter["schema"]["default"]
    assert (route.takes("body") is not None) == ("requestBody" in operation)


def body_kinds():
    """Return the Structs of bodies by name, those of lists too, of the endpoints that the contract has."""
    theirs = [BY_PATH[operation] for operation in contract_operations()]
    found = [route.takes("body") for route in theirs if route.takes("body")]
    return {kind.__name__: kind for each in found for kind in [*getattr(each, "__args__", [each])]}


@pytest.mark.parametrize("name", list(body_kinds()))
def test_bodies_have_the_contracts_fields(name):
    schema = CONTRACT["components"]["schemas"][name]
    described = kinds.type_info(body_kinds()[name])
    assert [f.encode_name for f in described.fields if f.required] == schema.get("required", [])
    assert {f.encode_name for f in described.fields} == set(schema["properties"])


@pytest.mark.parametrize(
    "path",
    [
        "/ping",
        "/version",
        "/show_config",
        "/health",
        "/logs",
        "/sysinfo",
        "/count",
        "/status",
        "/balance",
        "/whitelist",
        "/blacklist",
        "/locks",
        "/markets",
        "/profit_all",
        "/performance",
        "/entries",
        "/exits",
        "/mix_tags",
        "/stats",
        "/daily",
        "/weekly",
        "/monthly",
        "/historic_balance",
        "/plot_config",
    ],
)
async def test_answers_keep_to_their_schema(api, stage, path):
    await stage.enter("ETH/USDT")
    await stage.cycle(ETH=90.0)
    await api.post("/forceexit", {"tradeid": "all"})
    await stage.enter("ETH/USDT")
    await stage.enter("BTC/USDT", order_type="limit", price=50.0)
    await stage.cycle(ETH=101.0)
    answer = await api.get(path)
    assert answer.status == 200
    assert differences(answer.body, answer_schema("GET", path)) == []


async def test_trades_keep_to_their_schema(api, stage):
    entered = await api.post("/forceenter", {"pair": "ETH/USDT"})
    assert differences(entered.body, answer_schema("POST", "/forceenter")) == []
    assert differences((await api.get("/trade/1")).body, answer_schema("GET", "/trade/{tradeid}")) == []
    left = await api.post("/forceexit", {"tradeid": 1})
    assert differences(left.body, answer_schema("POST", "/forceexit")) == []
    assert differences((await api.get("/trade/1")).body, answer_schema("GET", "/trade/{tradeid}")) == []


async def test_profit_keeps_to_its_schema_before_and_after_the_first_trades(api, stage):
    schema = answer_schema("GET", "/profit")
    before = differences((await api.get("/profit")).body, schema)
    await stage.enter("ETH/USDT")
    await stage.cycle(ETH=80.0)
    await stage.enter("ETH/USDT")
    await stage.cycle(ETH=100.0)
    await api.post("/forceexit", {"tradeid": "all"})
    after = differences((await api.get("/profit")).body, schema)
    assert before == [".profit_factor: None is no number"]  # nobody has lost yet
    assert after == []


@pytest.mark.parametrize("path", ["/start", "/pause", "/stop", "/stopbuy", "/stopentry", "/reload_config"])
async def test_commands_return_a_status(api, path):
    answer = await api.post(path, {})
    assert answer.status == 200
    assert differences(answer.body, answer_schema("POST", path)) == []


async def test_candles_keep_to_their_schema_with_and_without_a_frame(api, stage):
    await stage.cycle()
    schema = answer_schema("GET", "/pair_candles")
    for pair in ("ETH/USDT", "NOPE/USDT"):
        for answer in (
            await api.get("/pair_candles", params={"pair": pair, "timeframe": "5m"}),
            await api.post("/pair_candles", {"pair": pair, "timeframe": "5m", "columns": ["rsi"]}),
        ):
            assert answer.status == 200
            assert differences(answer.body, schema) == []
