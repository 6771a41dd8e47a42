"""RemotePairList, over real HTTP and from real files."""

import json
import logging

import pytest

from appliance.domain.errors import ConfigurationError, PairListError
from appliance.pairlists.sources import fetching
from tests.pairlists.scenery import DescribedMarket, bases, chain
from tests.support.web.web_source import Source, source

STATIC = {"method": "StaticPairList"}


@pytest.fixture
def exchange() -> DescribedMarket:
    return DescribedMarket("BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT", "ETH/BTC")


@pytest.fixture
async def web():
    async with source() as found:
        found.body = {"pairs": ["SOL/USDT", "(ada|btc)/.*", "NOPE/USDT", "ETH/BTC"]}
        yield found


def remote(web: Source, **parameters) -> dict:
    return {"method": "RemotePairList", "pairlist_url": f"{web.root}/pairs?token=hidden", **parameters}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 500}, "returned 500 Internal Server Error"),
        ({"status": 404, "text": "{}"}, "returned 404"),
        ({"text": "<html>", "content_type": "text/html"}, "returned text/html, expected JSON"),
        ({"text": '{"pairs": ['}, "cannot be read: JSONDecodeError"),
        ({"body": ["BTC/USDT"]}, "returned no valid list of pairs: Expected `object`, got `array`"),
        ({"body": {"pairs": "BTC/USDT"}}, "Expected `array`, got `str`"),
        ({"body": {"pairs": [1]}}, "Expected `str`, got `int`"),
        ({"body": {}}, "missing required field `pairs`"),
        ({"body": {"pairs": ["*/USDT"]}}, "neither a pair nor a valid wildcard"),
    ],
)
async def test_an_answer_that_is_no_list_is_reported_without_the_query(exchange, web, answer, words):
    for name, value in answer.items():
        setattr(web, name, value)
    with pytest.raises(PairListError) as error:
        await chain(exchange, remote(web)).whitelist()
    assert words in str(error.value)
    assert str(error.value).startswith(f"{web.root}/pairs ")
    assert "hidden" not in str(error.value)


async def test_an_unreachable_bot_is_reported_without_the_password(exchange):
    entry = {"method": "RemotePairList", "pairlist_url": "http://me:s3cret@127.0.0.1:9/pairs"}
    with pytest.raises(PairListError, match=r"127\.0\.0\.1:9/pairs cannot be reached") as error:
        await chain(exchange, entry).whitelist()
    assert "s3cret" not in str(error.value)


async def test_a_source_that_does_not_answer_in_time(exchange, web):
    web.delay = 1.0
    with pytest.raises(PairListError, match=r"did not answer within 0\.05 seconds"):
        await chain(exchange, remote(web, read_timeout=0.05)).whitelist()


async def test_an_endless_answer_is_not_read_to_its_end(exchange, web, monkeypatch):
    monkeypatch.setattr(fetching, "_MAX_BYTES", 1000)
    web.body = {"pairs": ["BTC/USDT"] * 1000}
    with pytest.raises(PairListError, match="returned more than"):
        await chain(exchange, remote(web)).whitelist()


async def test_pairs_and_patterns_are_taken_as_far_as_they_can_be_traded(exchange, web):
    assert bases(await chain(exchange, remote(web)).whitelist()) == ["SOL", "BTC", "ADA"]
    assert bases(await chain(exchange, remote(web, number_assets=2)).whitelist()) == ["SOL", "BTC"]


async def test_it_says_who_it_is_and_sends_the_token(exchange, web):
    await chain(exchange, remote(web, bearer_token="s3cret-token")).whitelist()
    (request,) = web.requests
    assert request.headers["Authorization"] == "Bearer s3cret-token"
    assert request.headers["User-Agent"].startswith("appliance/")
    assert request.query_string == "token=hidden"


async def test_it_is_asked_again_after_the_refresh_period_also_when_it_had_nothing(exchange, web):
    web.body = {"pairs": []}
    made = chain(exchange, remote(web, refresh_period=600))
    for _ in range(4):
        assert await made.whitelist() == []
        exchange.wait(minutes=4)
    assert len(web.requests) == 2


async def test_the_source_may_ask_for_longer_pauses_but_not_for_shorter(exchange, web):
    web.body |= {"refresh_period": 3600}
    made = chain(exchange, remote(web, refresh_period=600))
    await made.whitelist()
    exchange.wait(minutes=59)
    web.body |= {"refresh_period": 60}
    await made.whitelist()
    assert len(web.requests) == 1
    exchange.wait(minutes=2)
    await made.whitelist()
    exchange.wait(minutes=59)
    await made.whitelist()
    assert len(web.requests) == 2


@pytest.mark.parametrize(("keep", "left"), [(True, ["SOL", "BTC", "ADA"]), (False, [])])
async def test_a_later_failure_keeps_the_last_pairs_or_none(exchange, web, keep, left, caplog):
    made = chain(exchange, remote(web, keep_pairlist_on_failure=keep))
    await made.whitelist()
    web.status = 503
    exchange.wait(minutes=31)
    with caplog.at_level(logging.WARNING):
        assert bases(await made.whitelist()) == left
    assert f"returned 503 Service Unavailable; continuing with {len(left)} pairs" in caplog.text


@pytest.mark.parametrize(
    ("parameters", "left"),
    [
        ({}, ["BTC", "SOL", "ADA"]),
        ({"number_assets": 2}, ["BTC", "SOL"]),
        ({"mode": "blacklist"}, ["ETH"]),
    ],
)
async def test_further_down_it_filters(exchange, web, parameters, left):
    found = await chain(exchange, STATIC, remote(web, **parameters)).whitelist()
    assert bases(found) == left


async def test_further_down_it_can_add(exchange, web):
    made = chain(exchange, STATIC, remote(web, processing_mode="append"), whitelist=["ETH/USDT"])
    assert bases(await made.whitelist()) == ["ETH", "SOL", "BTC", "ADA"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("{'pairs': []}", "pairs.json:1:2"),
        ('{"pairs": 5}', "Expected `array`, got `int`"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
    ],
)
async def test_a_file_that_is_wrong_at_the_start_has_to_be_fixed(exchange, tmp_path, content, words):
    file = tmp_path / "pairs.json"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    entry = {"method": "RemotePairList", "pairlist_url": f"file:///{file}"}
    with pytest.raises(ConfigurationError, match=r"pairlists\[0\]\.pairlist_url: ") as error:
        await chain(exchange, entry).whitelist()
    assert words in str(error.value)


async def test_files_may_have_comments_and_be_named_from_folder_or_root(exchange, tmp_path, monkeypatch):
    (tmp_path / "pairs.json").write_text('{\n// mine\n"pairs": ["ADA/USDT",],}')
    monkeypatch.chdir(tmp_path)
    for name in ("pairs.json", str(tmp_path / "pairs.json"), str(tmp_path / "pairs.json").lstrip("/")):
        entry = {"method": "RemotePairList", "pairlist_url": f"file:///{name}"}
        assert bases(await chain(exchange, entry).whitelist()) == ["ADA"]


async def test_the_pairs_can_be_saved(exchange, web, tmp_path, caplog):
    file = tmp_path / "saved.json"
    await chain(exchange, remote(web, save_to_file=str(file))).whitelist()
    assert json.loads(file.read_text()) == {"pairs": ["SOL/USDT", "BTC/USDT", "ADA/USDT"]}
    await chain(exchange, remote(web, save_to_file=str(tmp_path / "none" / "saved.json"))).whitelist()
    assert "cannot be written: No such file or directory" in caplog.text
