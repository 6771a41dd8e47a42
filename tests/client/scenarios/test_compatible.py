"""Scripts written for `freqtrade_client` run on after one changed import."""

import asyncio
import inspect
import logging
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from freqtrade_client import FtRestClient

from appliance.client import NotAnAnswer, RestClient, TimedOut
from tests.client.odd_server import HANG, Asked, odd, response
from tests.support.running import free_port
from tests.support.serving import PASSWORD, USER

THEIRS = {name: method for name, method in inspect.getmembers(FtRestClient, callable) if name[0] != "_"}
NUMBERED = {"trade_id": 5, "tradeid": 5, "lock_id": 3}


@pytest.mark.parametrize("name", THEIRS)
def test_every_method_takes_the_same_arguments(name: str) -> None:
    ours = list(inspect.signature(getattr(RestClient, name)).parameters.values())
    theirs = list(inspect.signature(THEIRS[name]).parameters.values())
    if inspect.Parameter.VAR_POSITIONAL in {parameter.kind for parameter in theirs}:
        assert ours[1].kind is inspect.Parameter.VAR_POSITIONAL
        return
    by_place = [parameter.name for parameter in theirs if parameter.kind is not parameter.KEYWORD_ONLY]
    assert [parameter.name for parameter in ours][: len(by_place)] == by_place
    assert {parameter.name for parameter in theirs} <= {parameter.name for parameter in ours}
    needed = {p.name for p in ours if p.default is p.empty}
    assert needed <= {p.name for p in theirs if p.default is p.empty}


CALLS: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("forceenter", ["ETH/USDT", "long", 25.5], {"order_type": "limit", "leverage": 3.0}),
    ("forceenter", ["ETH/USDT", "short"], {"stake_amount": 50, "enter_tag": "hand", "price": 0}),
    ("forcebuy", ["ETH/USDT", 12.5], {}),
    ("forceexit", ["all"], {}),
    ("forceexit", [5, "market", 0.25], {}),
    ("forceexit", ["5"], {"ordertype": "limit", "amount": 0}),
    ("lock_add", ["ETH/USDT", "2030-01-31 16:00:00Z"], {}),
    ("lock_add", ["ETH/USDT", "2030-01-31 16:00:00Z", "long", "why"], {}),
    ("delete_lock", [3], {}),
    ("trades", [], {}),
    ("trades", [20, 40], {"order_by_id": False}),
    ("trades", [0], {"offset": 0}),
    ("logs", [5], {}),
    ("daily", [3], {}),
    ("weekly", [], {"weeks": 2}),
    ("monthly", [0], {}),
    ("entries", ["ETH/USDT"], {}),
    ("blacklist", [], {}),
    ("blacklist", ["A/USDT", "B/.*"], {}),
    ("pair_candles", ["ETH/USDT", "5m"], {}),
    ("pair_candles", ["ETH/USDT", "5m", 10], {"columns": ["rsi"]}),
    ("pair_candles", ["ETH/USDT", "5m"], {"columns": []}),
    ("list_open_trades_custom_data", [], {"key": "k"}),
    ("list_open_trades_custom_data", ["k", 5, 10], {}),
    ("list_custom_data", [5, "k"], {}),
    ("pair_history", ["ETH/USDT", "5m", "Mine", "20260101-"], {}),
    ("available_pairs", ["5m"], {"stake_currency": "USDT"}),
    ("strategy", ["Mine"], {}),
]
CALLS += [
    (
        name,
        [NUMBERED[p.name] for p in inspect.signature(method).parameters.values() if p.name in NUMBERED],
        {},
    )
    for name, method in THEIRS.items()
    if name not in {call[0] for call in CALLS}
]


@pytest.mark.parametrize(("name", "arguments", "keywords"), CALLS)
async def test_every_call_asks_the_same(name: str, arguments: list, keywords: dict) -> None:
    async with odd(response({"state": "running"})) as server:
        theirs, ours = FtRestClient(server.url), RestClient(server.url, token="t")
        await asyncio.to_thread(getattr(theirs, name), *arguments, **keywords)
        await asyncio.to_thread(getattr(ours, name), *arguments, **keywords)
        first, second = server.asked
    assert meaning(second) == meaning(first)


def meaning(asked: Asked) -> tuple:
    """What a server understands: absent, null and empty say the same, and so do defaults."""
    method, target = asked.line.split(" ")
    url = urlsplit(target)
    assumed = {("order_by_id", "true"), ("freqaimodel", "none")}
    query = {pair for pair in ((k, v.lower()) for k, v in parse_qsl(url.query)) if pair not in assumed}
    # The number that stands in the path, a second time.
    query = {pair for pair in query if pair[0] != "trade_id"}
    body = (
        {k: v for k, v in asked.body.items() if v is not None} if isinstance(asked.body, dict) else asked.body
    )
    return method, url.path, query, body or None


async def test_without_a_connection_the_answer_is_none(caplog) -> None:
    client = RestClient(f"http://127.0.0.1:{free_port()}", USER, PASSWORD, pool_connections=1, retry=0)
    with caplog.at_level(logging.WARNING):
        assert await asyncio.to_thread(client.status) is None
    assert "No bot answers" in caplog.text
    assert await asyncio.to_thread(client.ping) == {"status": "not_running"}


async def test_an_error_of_the_bot_is_an_answer(api) -> None:
    client = RestClient(api.url, USER, PASSWORD)
    assert "NOPE/USDT" in (await asyncio.to_thread(client.forceenter, "NOPE/USDT", "long"))["error"]
    assert "detail" in await asyncio.to_thread(client.trade, 99)
    assert "detail" in await asyncio.to_thread(RestClient(api.url, USER, "wrong").count)
    assert await asyncio.to_thread(RestClient(api.url, USER, "wrong").ping) == {"status": "not_running"}


async def test_what_cannot_be_an_answer_raises_anyway() -> None:
    async with odd(HANG) as server:
        with pytest.raises(TimedOut):
            await asyncio.to_thread(RestClient(server.url, timeout=0.2).count)
    async with odd(response(raw=b"<html>")) as server:
        with pytest.raises(NotAnAnswer):
            await asyncio.to_thread(RestClient(server.url).count)


async def test_one_client_serves_several_threads(api) -> None:
    with RestClient(api.url, USER, PASSWORD, pool_maxsize=2) as client:
        answers = await asyncio.gather(*(asyncio.to_thread(client.count) for _ in range(20)))
    assert {answer["current"] for answer in answers} == {0}
