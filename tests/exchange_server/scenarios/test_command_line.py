"""The exchange in a process of its own: options, and the paths behind the scenes."""

import asyncio
import json
import socket
import sys
from contextlib import asynccontextmanager

import aiohttp
import ccxt.async_support
import pytest

FAULTS = [{"kind": "reset", "path": "/api/v3/order", "method": "POST", "accepted": True, "times": 1}]


@asynccontextmanager
async def running(*options: str):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.exchange_server", "--port", str(port), *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        line = await process.stdout.readline()
        config = json.loads(line)["ccxt_config"] if line else None
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            for _ in range(200 if config else 0):
                try:
                    await session.get("/__check")
                    break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)
            yield process, config, session
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def told(session: aiohttp.ClientSession, method: str, path: str, body: object = None) -> dict:
    async with session.request(method, path, json=body) as response:
        return await response.json()


async def test_orders_are_compared_with_the_ledger_of_another_process():
    options = ("--keys", "K:S", "--balance", "USDT=500", "--balance", "BNB=1", "--commission", "BNB")
    async with running(*options, "--speed", "60", "--faults", json.dumps(FAULTS)) as (_, config, session):
        spot = {"fetchMarkets": {"types": ["spot"]}}
        binance = ccxt.async_support.binance({**config, "apiKey": "K", "secret": "S", "options": spot})
        with pytest.raises(ccxt.NetworkError):
            await binance.create_order("BTC/USDT", "market", "buy", 0.001, params={"newClientOrderId": "a"})
        placed = await binance.create_order("ETH/USDT", "limit", "buy", 0.01, 1_000)
        await binance.close()
        await told(session, "POST", "/__fill", {"orderId": placed["id"], "share": 0.5})
        await told(session, "POST", "/__expire", {"orderId": placed["id"]})
        await told(session, "POST", "/__deposit", {"asset": "USDT", "amount": "100"})
        ledger = await told(session, "GET", "/__ledger")
        assert [order["status"] for order in ledger["orders"]] == ["FILLED", "EXPIRED"]
        assert ledger["orders"][0]["client_id"] == "a"
        assert {fill["commission_asset"] for fill in ledger["fills"]} == {"BNB"}
        assert ledger["transfers"][-1]["reason"] == "deposit"
        assert float(ledger["balances"]["USDT"]["free"]) < 600
        assert await told(session, "GET", "/__check") == {"ok": True}
        faults = await told(session, "GET", "/__faults")
        assert faults["struck"][0]["client_order_id"] == "a"


async def test_the_user_trades_manually():
    async with running("--late-fills-ms", "1000-60000", "--late-balances") as (_, _, session):
        bought = await told(
            session, "POST", "/__trade", {"pair": "ETH/USDT", "side": "buy", "amount": "0.05"}
        )
        assert bought["status"] == "FILLED"
        sale = {"pair": "ETH/USDT", "side": "sell", "amount": "0.01", "price": 9000}
        resting = await told(session, "POST", "/__trade", sale)
        assert await told(session, "POST", "/__cancel", {"orderId": resting["orderId"]}) == {
            "status": "CANCELED"
        }
        assert (await told(session, "POST", "/__cancel", {"orderId": resting["orderId"]}))["code"] == -2011
        assert await told(session, "POST", "/__withdraw", {"asset": "ETH", "amount": "0.01"}) == {}
        wrong = await told(session, "POST", "/__withdraw", {"asset": "ETH", "amount": "1"})
        assert wrong == {"wrong": "the account has less than that"}
        ledger = await told(session, "GET", "/__ledger")
        assert ledger["transfers"][-1]["reason"] == "withdrawal"


async def test_faults_and_clock_are_changed_while_it_runs():
    async with running() as (_, _, session):
        maintenance = [{"kind": "maintenance", "path": "/api/v3/ping"}]
        assert await told(session, "POST", "/__faults", maintenance) == {"added": 1}
        assert (await told(session, "GET", "/api/v3/ping"))["code"] == -1016
        assert "flood" in (await told(session, "POST", "/__faults", [{"kind": "flood"}]))["wrong"]
        await told(session, "DELETE", "/__faults")
        assert await told(session, "GET", "/api/v3/ping") == {}
        before = (await told(session, "GET", "/api/v3/time"))["serverTime"]
        await told(session, "POST", "/__clock", {"ahead_ms": 3_600_000})
        after = (await told(session, "GET", "/api/v3/time"))["serverTime"]
        assert after - before >= 3_600_000


@pytest.mark.parametrize(
    "options",
    [
        ("--keys", "K"),
        ("--balance", "USDT"),
        ("--faults", '[{"kind": "flood"}]'),
        ("--pieces", "x"),
        ("--late-fills-ms", "5"),
    ],
)
async def test_wrong_options_are_reported(options: tuple[str, str]):
    async with running(*options) as (process, _, _):
        assert await process.wait() == 2
        assert options[0] in (await process.stderr.read()).decode()
