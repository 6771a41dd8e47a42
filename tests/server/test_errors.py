"""What the API answers when something is wrong: always JSON, never a 500, never a traceback."""

import asyncio
from http import HTTPStatus

import pytest

from appliance.server.bot_slot import BOT_SLOT

JSON = {"Content-Type": "application/json"}


async def test_an_unknown_path_is_not_found_whoever_asks(api):
    for login in (None, ("trader", "correct horse battery")):
        answer = await api.get("/nope", login=login)
        assert (answer.status, answer.body) == (404, {"detail": "Not Found"})


async def test_a_wrong_method_is_reported_with_the_right_ones(api):
    answer = await api.ask("PUT", "/ping", login=None)
    assert (answer.status, answer.body) == (405, {"detail": "Method Not Allowed"})
    assert answer.headers["Allow"] == "GET,HEAD"
    assert (await api.get("/forceenter")).status == 405
    assert (await api.ask("OPTIONS", "/count")).status == 405


async def test_credentials_are_requested_before_anything_is_validated(api):
    assert (await api.get("/logs?limit=x", login=None)).status == 401
    assert (await api.post("/forceenter", data=b"{", headers=JSON, login=None)).status == 401
    assert (await api.get("/backtest", login=None)).status == 401


async def test_what_only_webserver_mode_does_is_unavailable(api):
    for path in ("/backtest", "/strategies", "/pair_history", "/background/7", "/available_pairs"):
        answer = await api.get(path)
        assert answer.status == 503
        assert "webserver" in answer.body["detail"]


async def test_while_the_bot_starts_only_what_needs_it_is_unavailable(starting):
    assert (await starting.get("/ping", login=None)).body == {"status": "pong"}
    assert (await starting.get("/version")).status == 200
    answer = await starting.get("/status")
    assert answer.status == 503
    assert "starting" in answer.body["detail"]
    assert answer.headers["Retry-After"] == "2"


async def test_what_the_start_waits_for_is_reported(starting):
    starting.app[BOT_SLOT].startup.wait_for("binance did not answer in time", 5.0)
    answer = await starting.get("/status")
    assert answer.status == 503
    assert answer.body["detail"].startswith(
        "The exchange cannot be reached; the bot waits and tries again by itself"
    )
    assert answer.body["detail"].endswith(
        "1 attempt, next in 5 s). Last error: binance did not answer in time."
    )


@pytest.mark.parametrize(
    ("content", "problem", "loc"),
    [
        (b"", "missing", ["body"]),
        (b"{", "json_invalid", ["body", 0]),
        (b'{"pair": "ETH/USDT"} and more', "json_invalid", ["body", 0]),
        (b'{"pair": NaN}', "json_invalid", ["body", 0]),
        (b"\xff\xfe", "json_invalid", ["body", 0]),
        (b"[" * 100_000, "json_invalid", ["body", 0]),
        (b"[]", "model_attributes_type", ["body"]),
        (b"null", "model_attributes_type", ["body"]),
        (b'"text"', "model_attributes_type", ["body"]),
        (b'{"pair": ' + b"[" * 400 + b"]" * 400 + b"}", "string_type", ["body", "pair"]),
        (b"{}", "missing", ["body", "pair"]),
    ],
)
async def test_a_body_that_cannot_be_read(api, content, problem, loc):
    answer = await api.post("/forceenter", data=content, headers=JSON)
    assert answer.status == 422
    (found,) = answer.body["detail"]
    assert (found["type"], found["loc"]) == (problem, loc)
    assert found["msg"]


async def test_a_form_of_a_foreign_page_cannot_act(api):
    for content_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        answer = await api.post(
            "/forceexit", data=b'{"tradeid": "all"}', headers={"Content-Type": content_type}
        )
        assert answer.status == 422
        assert answer.body["detail"][0]["type"] == "model_attributes_type"


async def test_a_huge_body_is_not_read(api):
    answer = await api.post("/forceenter", data=b" " * (1024 * 1024 + 1), headers=JSON)
    assert (answer.status, answer.body["detail"]) == (413, HTTPStatus(413).phrase)


async def test_all_problems_are_reported_at_once(api):
    wrong = {"side": "up", "price": "abc", "ordertype": 3, "stakeamount": [], "leverage": "nan"}
    answer = await api.post("/forceenter", wrong)
    assert answer.status == 422
    assert {(p["loc"][1], p["type"]) for p in answer.body["detail"]} == {
        ("pair", "missing"),
        ("side", "enum"),
        ("price", "float_parsing"),
        ("ordertype", "enum"),
        ("stakeamount", "float_type"),
        ("leverage", "finite_number"),
    }
    side = next(p for p in answer.body["detail"] if p["loc"][1] == "side")
    assert side["input"] == "up"
    assert side["ctx"] == {"expected": "'long' or 'short'"}


@pytest.mark.parametrize(
    ("path", "problem", "loc", "given"),
    [
        ("/logs?limit=x", "int_parsing", ["query", "limit"], "x"),
        ("/trades?limit=0", "greater_than_equal", ["query", "limit"], "0"),
        ("/trades?offset=-1", "greater_than_equal", ["query", "offset"], "-1"),
        ("/trades?order_by_id=maybe", "bool_parsing", ["query", "order_by_id"], "maybe"),
        ("/trade/abc", "int_parsing", ["path", "tradeid"], "abc"),
        ("/trade/99999999999999999999", "int_parsing_size", ["path", "tradeid"], "99999999999999999999"),
        ("/pair_candles?pair=ETH/USDT", "missing", ["query", "timeframe"], None),
    ],
)
async def test_a_wrong_parameter(api, path, problem, loc, given):
    answer = await api.get(path)
    assert answer.status == 422
    (found,) = answer.body["detail"]
    assert (found["type"], found["loc"], found["input"]) == (problem, loc, given)


async def test_what_the_trader_refuses_is_reported_with_the_path(api):
    for body, why in (
        ({"pair": "NOPE/USDT"}, "NOPE/USDT"),
        ({"pair": "ETH/USDT", "side": "short"}, "short"),
    ):
        answer = await api.post("/forceenter", body)
        assert answer.status == 502
        assert answer.body["error"].startswith("Error querying /api/v1/forceenter: ")
        assert why in answer.body["error"]
    assert (await api.post("/forceexit", {"tradeid": 999})).status == 502


async def test_a_mistake_of_ours_is_logged_and_does_not_look_like_a_dead_bot(api, stage, monkeypatch, caplog):
    async def broken(*_args, **_more):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(stage.bot, "force_enter", broken)
    answer = await api.post("/forceenter", {"pair": "ETH/USDT"})
    assert answer.status == 502
    assert "secret detail" not in str(answer.body)
    assert "secret detail" in caplog.text


async def test_a_stopped_bot_does_not_count(api, stage):
    stage.bot.stop()
    answer = await api.get("/count")
    assert (answer.status, answer.body["error"][:15]) == (502, "Error querying ")
    stage.bot.pause()
    assert (await api.get("/count")).status == 200


async def test_invalid_http_is_answered_without_versions_or_noise(api, caplog):
    host, port = api.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET / HTTP/9.9.9\r\nHost: x\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    assert b"aiohttp" not in answer
    assert "Traceback" not in caplog.text


async def test_browsers_are_kept_careful(api):
    answer = await api.get("/ping", login=None)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Server"] == "appliance"
