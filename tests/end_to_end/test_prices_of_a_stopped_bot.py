"""A stopped bot on an exchange whose prices move: real processes, real HTTP."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.running import Program, exchange, free_port, simulated_config
from tests.support.scripted import QUIET

PAIRS = ["ETH/USDT", "BTC/USDT"]


def config(folder: Path, url: str, **changes: Any) -> dict[str, Any]:
    options = {
        "enableRateLimit": False,
        "urls": {"api": {"public": f"{url}/api/v3", "private": f"{url}/api/v3", "sapi": f"{url}/sapi/v1"}},
        "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
    }
    made = simulated_config(free_port(), db_url=f"sqlite:///{folder}/trades.sqlite", **changes)
    made["exchange"] = {"name": "binance", "ccxt_config": options, "pair_whitelist": PAIRS}
    return made


async def tell(url: str, path: str, **body: Any) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{url}{path}", json=body) as answer:
        assert answer.status == 200


async def questions(url: str) -> int:
    """Return how often the exchange was asked for prices."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/__weight") as answer:
        asked = (await answer.json())["requests"]
    return sum(count for path, count in asked.items() if path.endswith(("bookTicker", "depth")))


@pytest.mark.parametrize("started", ["running", "stopped"])
async def test_prices_follow_the_market_by_one_question_for_all(tmp_path, started):
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies/quiet.py").write_text(QUIET)
    arguments = ("--strategy", "Quiet", "--userdir", str(tmp_path))
    async with exchange(tmp_path) as url:
        program = Program(tmp_path, config(tmp_path, url), *arguments)
        try:
            await program.start()
            for pair in PAIRS:
                entered = await program.post("forceenter", {"pair": pair, "ordertype": "market"})
                assert entered["is_open"], entered
            await program.post("stop")
            if started == "stopped":
                await program.end()
                program = Program(tmp_path, config(tmp_path, url, initial_state="stopped"), *arguments)
                await program.start()
            before = {trade["pair"]: trade["current_rate"] for trade in await program.get("status")}
            await tell(url, "/__shock", symbols=["ETHUSDT", "BTCUSDT"], factor=1.5)
            asked = await questions(url)

            async def has_followed() -> bool:
                told = await asyncio.gather(*(program.get("status") for _ in range(20)))
                rates = [{trade["pair"]: trade["current_rate"] for trade in trades} for trades in told]
                return all(one[pair] > 1.4 * before[pair] for one in rates for pair in PAIRS)

            await program.until(has_followed)
            assert await questions(url) - asked == 1
            status, balance = await program.get("status"), await program.get("balance")
            assert sum(trade["profit_abs"] for trade in status) == pytest.approx(100, rel=0.15)
            assert balance["total"] == pytest.approx(10_100, rel=0.002)
            assert (await program.get("profit"))["profit_all_coin"] == pytest.approx(100, rel=0.15)
        finally:
            await program.end(9)
