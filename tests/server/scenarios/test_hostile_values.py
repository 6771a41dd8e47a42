"""Values that break programs, in each place of each request that takes one: refused, never an inner error."""

import inspect
import json
import typing

import aiohttp
import msgspec
import pytest

from appliance.research.jobs.job import Job
from appliance.server.resources.messages import LARGEST_REQUEST
from appliance.server.routing.routes import ROUTES
from tests.support.research.backtests import Workspace
from tests.support.research.webserver import webserver, workbench_of
from tests.support.serving import PASSWORD, USER, WS_TOKENS

pytestmark = pytest.mark.python_independent

DEEP = 50_000
HOSTILE = {
    "deep list": "[" * DEEP + "]" * DEEP,
    "deep object": '{"a":' * DEEP + "1" + "}" * DEEP,
    "as deep as is read": "[" * 900 + "]" * 900,
    "deep parentheses": json.dumps("(" * DEEP + ")" * DEEP),
    "endless expression": json.dumps("(A|A)*b"),
    "long text": json.dumps("x" * 500_000),
    "many digits": "9" * 5000,
    "many digits as text": json.dumps("9" * 5000),
    "negative digits": "-" + "9" * 5000,
    "65 bits": str(2**64),
    "large exponent": "1e400",
    "larger exponent": "1e" + "9" * 400,
    "NaN": "NaN",
    "NaN as text": '"NaN"',
    "Infinity as text": '"-Infinity"',
    "half a character": '"\\ud800"',
    "NUL": '"A\\u0000B"',
    "newline": '"A\\nB"',
    "text direction": '"\\u202eTDSU/HTE"',
    "null": "null",
    "object": '{"a": 1}',
    "list": "[[[]]]",
    "long list": "[" + ",".join(["1"] * 100_000) + "]",
    "list of texts": "[" + ",".join(['"(((("'] * 20_000) + "]",
    "list of deep parentheses": json.dumps(["(" * DEEP + ")" * DEEP, "(" * 2000 + ")" * 2000]),
    "list of expressions": json.dumps(
        ["(A|A)*b", "(?=(.*)*x)A", "a{99999999999}", "[\x00-\U0010ffff]" * 900]
    ),
    "empty text": '""',
    "true": "true",
}

STAYS = {"/reload_config", "/stop"}


def fields_of(kind: typing.Any) -> list[str]:
    """Return the names of an object's fields; those of its items for a list."""
    bare = next(iter(typing.get_args(kind)), kind)
    return [field.encode_name for field in msgspec.structs.fields(bare)] if bare else []


def places(*, of_research: bool) -> list[tuple[str, str, str]]:
    found = []
    for route in ROUTES:
        takes_bench = "bench" in inspect.signature(route.function).parameters
        if route.path in STAYS or route.public or takes_bench is not of_research:
            continue
        body = route.takes("body")
        query = route.takes("query")
        found += [(route.method, route.path, f"body.{name}") for name in fields_of(body)]
        found += [(route.method, route.path, f"query.{name}") for name in fields_of(query)]
        if body is not None:
            found.append((route.method, route.path, "body"))
        if "{" in route.path:
            found.append((route.method, route.path, "path"))
    return sorted(found)


VALID = {"pair": '"ETH/USDT"', "tradeid": '"1"', "until": '"2030-01-01T00:00:00Z"', "timeframe": '"5m"'}


def body_with(kind: typing.Any, hostile: str, text: str) -> str:
    given = {name: VALID[name] for name in fields_of(kind) if name in VALID} | {hostile: text}
    one = "{" + ",".join(f'"{name}":{value}' for name, value in given.items()) + "}"
    return f"[{one}]" if typing.get_origin(kind) is list else one


def bare(text: str) -> str:
    """Return the value as it stands in an address, which aiohttp reads up to 8 kB of."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    return (value if isinstance(value, str) else text)[:2000].encode(errors="replace").decode()


@pytest.fixture
async def research(tmp_path, monkeypatch):
    """A server in webserver mode whose processes do nothing: what it takes in is tested here."""
    async with webserver(Workspace(tmp_path)) as api:
        bench = workbench_of(api)
        job = Job("replay")
        monkeypatch.setattr(bench.jobs, "start", lambda *_: job)

        async def answer(order):
            return b"{}"

        monkeypatch.setattr(bench.questions, "answer", answer)
        yield api
        job.file.close()


@pytest.mark.parametrize(("method", "path", "place"), places(of_research=False))
async def test_no_value_leads_to_an_inner_error(api, caplog, method, path, place):
    await send_all(api, caplog, method, path, place)


@pytest.mark.parametrize(("method", "path", "place"), places(of_research=True))
async def test_no_value_for_research_leads_to_an_inner_error(research, caplog, method, path, place):
    await send_all(research, caplog, method, path, place)


async def send_all(api, caplog, method, path, place):
    """Send each hostile value in one place of a request."""
    route = next(each for each in ROUTES if (each.method, each.path) == (method, path))
    kind = route.takes("body")
    for name, text in HOSTILE.items():
        where, _, field = place.partition(".")
        address, content, query = path, None, {}
        if where == "path":
            address = "/".join(
                bare(text).replace("/", "") or "x" if "{" in part else part for part in path.split("/")
            )
        elif where == "query":
            query = {
                field: bare(text),
                **{key: json.loads(value) for key, value in VALID.items() if key != field},
            }
        elif where == "body":
            content = body_with(kind, field, text) if field else text
        answer = await api.ask(
            method, address, params=query, data=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status < 500 or answer.status == 502, (name, answer)
        assert "inside the bot" not in str(answer.body), (name, caplog.text[-3000:])
    assert "Traceback" not in caplog.text
    assert (await api.get("/ping")).status == 200


@pytest.mark.parametrize("name", sorted(HOSTILE))
async def test_no_message_to_the_websocket_ends_in_an_inner_error(api, caplog, name):
    text = HOSTILE[name]
    for message in (
        text,
        f'{{"type": {text}}}',
        f'{{"type": "subscribe", "data": {text}}}',
        f'{{"type": "subscribe", "data": [{text}]}}',
        f'{{"type": "analyzed_df", "data": {text}}}',
        f'{{"type": "analyzed_df", "data": {{"pair": {text}}}}}',
        f'{{"type": "analyzed_df", "data": {{"pair": "ETH/USDT", "limit": {text}}}}}',
    ):
        if len(message) > LARGEST_REQUEST:
            continue
        url = f"{api.url}/api/v1/message/ws?token={WS_TOKENS[0]}"
        async with api.session.ws_connect(url) as socket:
            await socket.send_str(message)
            await socket.send_json({"type": "whitelist"})
            while (heard := await socket.receive(30)).type is aiohttp.WSMsgType.TEXT:
                if heard.json()["type"] == "whitelist":
                    break
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("name", sorted(HOSTILE))
async def test_no_login_header_or_cookie_ends_in_an_inner_error(api, caplog, name):
    text = bare(HOSTILE[name]).encode("ascii", "replace").decode().replace("\n", " ").replace("\0", " ")
    for headers in (
        {"Authorization": f"Bearer {text}"},
        {"Authorization": f"Basic {text}"},
        {"Authorization": text},
        {"Cookie": f"appliance={text}; {text}={text}"},
        {"Cookie": "; ".join(f"c{number}={text[:5]}" for number in range(300))},
        {"X-Forwarded-For": ", ".join([text[:20]] * 100)},
        {"Origin": text},
        {"Host": text or "x"},
        {"Accept-Encoding": text},
        {"If-None-Match": text},
        {"User-Agent": text},
    ):
        for path in ("/api/v1/status", "/", "/login"):
            async with api.session.get(f"{api.url}{path}", headers=headers, allow_redirects=False) as answer:
                assert answer.status < 500, (headers, answer.status)
    assert "Traceback" not in caplog.text
    assert (await api.get("/version", login=(USER, PASSWORD))).status == 200
