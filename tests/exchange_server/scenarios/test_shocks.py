"""What measuring needs of the server: prices that fall on demand, the weight of all requests, more pairs."""

from aiohttp import ClientSession

from appliance.exchange.simulated.pairs import _ASSETS, assets
from tests.exchange_server.engine.more_pairs import list_more_pairs
from tests.exchange_server.fixture import binance_server  # noqa: F401


async def test_a_shock_moves_what_is_traded_and_reported(binance_server):  # noqa: F811
    async with ClientSession(binance_server.root) as client:

        async def best(path: str) -> float:
            async with client.get(f"/api/v3/{path}", params={"symbol": "ETHUSDT"}) as answer:
                told = await answer.json()
            return float(told["bids"][0][0] if "bids" in told else told["bidPrice"])

        before = await best("depth")
        async with client.post("/__shock", json={"symbols": ["ETHUSDT"], "factor": 0.5}) as answer:
            assert (await answer.json())["now"] > 0
        for path in ("depth", "ticker/bookTicker"):
            assert abs(await best(path) / before - 0.5) < 0.02
        async with client.get("/__weight") as answer:
            told = await answer.json()
        assert told["weight"] == 5 + 5 + 2
        assert told["requests"]["/api/v3/depth"] == 2


def test_more_pairs_can_be_listed(monkeypatch):
    monkeypatch.setattr("appliance.exchange.simulated.pairs._ASSETS", dict(_ASSETS))
    list_more_pairs(140)
    assert len(assets()) >= 200
