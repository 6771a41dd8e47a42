"""What both clients do, first where things go wrong: each test runs with the blocking and the asyncio one."""

import asyncio
import gzip
import json

import pytest

from appliance.client import ClientError, NoAnswer, NotAnAnswer, RequestFailed, TimedOut, WrongLogin
from appliance.client.errors import WrongUsage
from tests.client.odd_server import CLOSE, HANG, TOKENS, odd, response
from tests.support.running import free_port
from tests.support.serving import PASSWORD, USER

LOGIN = ("trader", "secret")


async def test_a_refused_connection_is_reported_with_what_to_do(connect):
    with pytest.raises(NoAnswer) as caught:
        await connect(f"http://127.0.0.1:{free_port()}", retry=0)("count")
    assert "connection refused" in str(caught.value)
    assert "is it running" in str(caught.value)


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://x", "http://", "http://h:port", ""])
async def test_an_invalid_address_is_reported_without_its_password(connect, url):
    with pytest.raises(WrongUsage, match="Expected an address"):
        connect(url)
    with pytest.raises(WrongUsage) as caught:
        connect("ftp://me:hidden@host")
    assert "hidden" not in str(caught.value)


async def test_a_page_instead_of_an_api_is_reported(connect):
    async with odd(response(raw=b"<html>Welcome</html>")) as server:
        with pytest.raises(NotAnAnswer, match="not a bot's API"):
            await connect(server.url)("ping")


async def test_no_redirect_is_followed_with_our_password(connect):
    async with odd(response({}, 301, Location="https://elsewhere/")) as server:
        with pytest.raises(NotAnAnswer, match="https://elsewhere/"):
            await connect(server.url)("ping")
        assert len(server.asked) == 1


async def test_a_proxy_without_a_bot_behind_it_is_reported(connect):
    async with odd(response(raw=b"<html>Bad gateway</html>", status=502)) as server:
        with pytest.raises(RequestFailed, match="no bot behind it"):
            await connect(server.url)("ping")


@pytest.mark.parametrize("command", ["count", "stop"])
async def test_a_time_out_is_reported_and_nothing_is_sent_twice(connect, command):
    async with odd(HANG) as server:
        with pytest.raises(TimedOut, match=r"within 0\.2 s"):
            await connect(server.url, timeout=0.2)(command)
        assert len(server.asked) == 1


async def test_what_only_reads_is_repeated_when_the_connection_breaks(connect):
    async with odd(CLOSE, response({"current": 1})) as server:
        assert await connect(server.url, token="t")("count") == {"current": 1}
        assert server.lines == ["GET /api/v1/count"] * 2


async def test_what_changes_something_is_never_repeated(connect):
    for command, arguments in (("forceexit", ["all"]), ("delete_trade", [1])):
        async with odd(CLOSE, response({})) as server:
            with pytest.raises(NoAnswer, match="ended the connection"):
                await connect(server.url, token="t")(command, *arguments)
            assert len(server.asked) == 1


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used_to_change_something(connect):
    async with odd(response({}, closing="yes"), response({"status": "stopping"})) as server:
        ask = connect(server.url, token="t")
        await ask("count")
        await asyncio.sleep(0.05)
        assert await ask("stop") == {"status": "stopping"}
        assert (len(server.asked), server.connections) == (2, 2)


async def test_connections_are_reused(connect):
    async with odd(response({})) as server:
        ask = connect(server.url, token="t")
        for _ in range(3):
            await ask("count")
        assert server.connections == 1


async def test_a_wrong_password_is_tried_once(connect, api):
    ask = connect(api.url, USER, "wrong")
    with pytest.raises(WrongLogin, match="username and password of api_server") as caught:
        await ask("count")
    assert caught.value.status == 401
    assert "wrong" not in str(caught.value).replace("is wrong", "")


async def test_too_many_attempts_are_reported_with_the_time_to_wait(connect):
    async with odd(response({"detail": "Slow down"}, 429, Retry_After="8")) as server:
        with pytest.raises(RequestFailed, match="Too many attempts: Slow down; try again in 8 s"):
            await connect(server.url, *LOGIN)("count")
        assert server.lines == ["POST /api/v1/token/login"]


async def test_an_expired_token_is_renewed_and_the_call_done_once(connect):
    async with odd(
        response(TOKENS),
        response({"detail": "expired"}, 401),
        response({"access_token": "second"}),
        response({"status": "stopping"}),
    ) as server:
        assert await connect(server.url, *LOGIN)("stop") == {"status": "stopping"}
    assert [(asked.line.split("/")[-1], asked.authorization) for asked in server.asked] == [
        ("login", "Basic dHJhZGVyOnNlY3JldA=="),
        ("stop", "Bearer first"),
        ("refresh", "Bearer renews"),
        ("stop", "Bearer second"),
    ]


async def test_a_refresh_token_that_expired_too_means_logging_in_again(connect):
    async with odd(
        response(TOKENS),
        response({"detail": "expired"}, 401),
        response({"detail": "expired"}, 401),
        response({"access_token": "third", "refresh_token": "r"}),
        response({"current": 0}),
    ) as server:
        assert await connect(server.url, *LOGIN)("count") == {"current": 0}
    assert server.asked[3].line == "POST /api/v1/token/login"
    assert server.asked[4].authorization == "Bearer third"


async def test_a_server_that_gives_no_tokens_gets_the_password_each_time(connect):
    async with odd(response({"detail": "Not Found"}, 404), response({})) as server:
        ask = connect(server.url, *LOGIN)
        await ask("count")
        await ask("balance")
    assert server.lines == [
        f"{call[0]} /api/v1/{call[1]}"
        for call in (
            ("POST", "token/login"),
            ("GET", "count"),
            ("GET", "balance"),
        )
    ]
    assert {asked.authorization for asked in server.asked} == {"Basic dHJhZGVyOnNlY3JldA=="}


async def test_an_api_token_goes_with_each_call(connect):
    async with odd(response({"detail": "revoked"}, 401)) as server:
        with pytest.raises(WrongLogin):
            await connect(server.url, token="abc")("count")
    assert [asked.authorization for asked in server.asked] == ["Bearer abc"]


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (403, {"detail": "viewer"}, "This login may not do that: viewer"),
        (404, {"detail": "Trade not found."}, "Not found: Trade not found."),
        (404, {"detail": "Not Found"}, "does not support the command"),
        (405, {"detail": "Method Not Allowed"}, "does not support the command"),
        (502, {"error": "Error querying /api/v1/x: position: open"}, "The bot refuses: position: open"),
        (503, {"detail": "Needs webserver mode"}, "Not available now: Needs webserver mode"),
        (500, {"unexpected": 1}, "status 500: no reason given"),
        (500, [], "status 500: no reason given"),
        (
            422,
            {"detail": [{"loc": ["query", "limit"], "msg": "no number", "input": "x"}, {"msg": "odd"}, 7]},
            "cannot use these arguments: limit: no number, found 'x'; odd; 7",
        ),
        (502, {"error": "one\ntwo"}, "The bot refuses: one two"),
    ],
)
async def test_each_error_is_one_line_that_says_why(connect, status, body, text):
    async with odd(response(body, status)) as server:
        with pytest.raises(RequestFailed) as caught:
            await connect(server.url)("count")
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (caught.value.status, caught.value.body) == (status, body)


async def test_errors_of_the_real_server(connect, api):
    ask = connect(api.url, USER, PASSWORD)
    for call, text in (
        (("trade", 99), "Not found: "),
        (("trade", "abc"), "tradeid: "),
        (("trades", -1), "limit: "),
        (("forceenter", "NOPE/USDT"), "The bot refuses: "),
        (("strategies",), "Not available now: "),
    ):
        with pytest.raises(RequestFailed) as caught:
            await ask(*call)
        assert text in str(caught.value)


async def test_wrong_arguments_are_a_type_error_as_everywhere_in_python(connect):
    ask = connect("http://127.0.0.1:9")
    for call in (("trade",), ("count", 1), ("forceenter", "ETH/USDT", "long", 1, "limit")):
        with pytest.raises(TypeError, match=call[0]):
            await ask(*call)
    with pytest.raises(TypeError, match="nonsense"):
        await ask("count", nonsense=1)


async def test_a_trade_from_entry_to_exit(connect, api):
    ask = connect(api.url, USER, PASSWORD)
    assert await ask("ping") == {"status": "pong"}
    entered = await ask("forceenter", "ETH/USDT", stake_amount=100, enter_tag="hand")
    assert (entered["pair"], entered["enter_tag"]) == ("ETH/USDT", "hand")
    assert (await ask("count"))["current"] == 1
    assert [trade["pair"] for trade in await ask("status")] == ["ETH/USDT"]
    await ask("forceexit", entered["trade_id"], "market")
    assert (await ask("trades", limit=1))["total_trades"] == 1
    assert (await ask("trade", entered["trade_id"]))["is_open"] is False
    assert (await ask("pair_candles", "ETH/USDT", "5m", 3, columns=[]))["pair"] == "ETH/USDT"


async def test_ping_distinguishes_a_stopped_bot_from_one_that_trades(connect, api, stage):
    stage.bot.stop()
    assert await connect(api.url, USER, PASSWORD)("ping") == {"status": "not_running"}
    assert await connect(api.url)("ping") == {"status": "pong"}


async def test_a_prefix_and_a_login_in_the_address_are_used(connect):
    async with odd(response({"detail": "none"}, 404), response({})) as server:
        url = server.url.replace("://", "://trader:secret@")
        await connect(f"{url}/bots/one/api/v1/")("count")
    assert server.lines[1] == "GET /bots/one/api/v1/count"
    assert server.asked[1].authorization == "Basic dHJhZGVyOnNlY3JldA=="


async def test_compressed_answers_are_read_and_broken_ones_reported(connect):
    packed = gzip.compress(json.dumps({"current": 3}).encode())
    for content, fits in ((packed, True), (packed[:-9], False), (b"no gzip", False)):
        async with odd(response(raw=content, Content_Encoding="gzip")) as server:
            if fits:
                assert await connect(server.url)("count") == {"current": 3}
            else:
                with pytest.raises(ClientError):
                    await connect(server.url)("count")


async def test_odd_characters_stay_where_they_belong(connect):
    async with odd(response({})) as server:
        ask = connect(server.url)
        await ask("strategy", "a/../b?c=ü")
        await ask("entries", "ETH/USDT&limit=1")
        await ask("blacklist_delete", "A/USDT", "B/.*")
    assert server.lines == [
        "GET /api/v1/strategy/a%2F..%2Fb%3Fc%3D%C3%BC",
        "GET /api/v1/entries?pair=ETH%2FUSDT%26limit%3D1",
        "DELETE /api/v1/blacklist?pairs_to_delete=A%2FUSDT&pairs_to_delete=B%2F.%2A",
    ]
