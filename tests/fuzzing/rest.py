"""Requests to the API, made from its own table of routes."""

from random import Random
from typing import Any, get_args, get_origin

import aiohttp
import msgspec

from appliance.queries.roles import Role
from appliance.server.routing.routes import API, ROUTES, UI_VERSION
from tests.fuzzing.bots import Login
from tests.fuzzing.probes import Probe
from tests.fuzzing.values import anything, encoded, escaped, scalar, text, value_of

_BESIDE = (
    "/livez",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/docs/index.html",
    UI_VERSION.path,
    API,
    "/api",
)
_TABLE: list[tuple[str, str, Any, Any]] = [
    *((route.method, API + route.path, route.takes("query"), route.takes("body")) for route in ROUTES),
    *(("GET", path, None, None) for path in _BESIDE),
    ("GET", f"{API}/message/ws", None, None),
]
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "PROPFIND", "X")
_HEADERS = {
    "Accept-Encoding": ("gzip", "br, gzip;q=0", "*", "gzip;q=x"),
    "If-None-Match": ("*", '"x"', 'W/"x", y', "\xff"),
    "Origin": ("https://ui.example", "https://evil.example", "null", "http://[::1", ""),
    "Cookie": ("x", "a=b; " * 200, "appliance=1.2.3.4", '="\\', "appliance_00000000=1.x.y.z"),
    "Range": ("bytes=0-1", "bytes=-"),
    "X-Forwarded-For": ("127.0.0.1", "x, y", "\xff"),
    "Host": ("", "evil.example", "[::1", "127.0.0.1:x", "a@b"),
    "Content-Encoding": ("gzip", "deflate", "br", "x"),
    "Upgrade": ("websocket", "h2c"),
    "Access-Control-Request-Method": ("POST", ""),
    "X-HTTP-Method-Override": ("DELETE",),
}  # fmt: skip


def make(random: Random, login: Login) -> Probe:
    """Return a request to some route of the API."""
    method, template, query, body = random.choice(_TABLE)
    target = "/".join(_segment(random, part) for part in template.split("/")) + _query(random, query)
    content, headers = b"", []
    if body is not None or random.random() < 0.05:
        content = encoded(random, _body(random, body))
        headers.append(("Content-Type", _content_type(random)))
    if random.random() < 0.05:
        method = random.choice(_METHODS)
    shown, role = _credentials(random, login)
    headers += shown
    for name in random.sample(sorted(_HEADERS), random.choice((0, 0, 0, 1, 2))):
        headers.append((name, random.choice(_HEADERS[name])))
    return Probe(
        method=method, target=target, template=template, headers=tuple(headers), body=content, role=role
    )


def _segment(random: Random, part: str) -> str:
    if not part.startswith("{"):
        return part
    return escaped(random, value_of(random, part.strip("{}"))) or "x"


def _query(random: Random, kind: Any) -> str:
    names = [field.encode_name for field in msgspec.structs.fields(kind)] if kind else []
    chosen = [name for name in names if random.random() < 0.6]
    if random.random() < 0.1:
        chosen.append(random.choice((text(random)[:50], "token", "limit", "pair")))
    pairs = [
        f"{escaped(random, name)}={escaped(random, value_of(random, name))}"
        for name in chosen
        for _ in range(random.choice((1, 1, 1, 2)))
    ]
    return "?" + "&".join(pairs) if pairs else random.choice(("", "", "", "?", "?&&=&", "#x"))


def _body(random: Random, kind: Any) -> Any:
    """Return a body for that type, sometimes with a field too few, too many, or another type altogether."""
    if kind is None or random.random() < 0.08:
        return anything(random)
    if get_origin(kind) is list:
        return [_body(random, get_args(kind)[0]) for _ in range(random.choice((0, 1, 1, 3)))]
    fields = [field.encode_name for field in msgspec.structs.fields(kind)]
    body = {name: value_of(random, name) for name in fields if random.random() < 0.8}
    if random.random() < 0.1:
        body[text(random)] = scalar(random)
    return body


def _content_type(random: Random) -> str:
    odd = (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json;charset=x",
        "\xff",
        "",
    )
    return "application/json" if random.random() < 0.9 else random.choice(odd)


def _credentials(random: Random, login: Login) -> tuple[list[tuple[str, str]], Role | None]:
    """Return a header, and what it is worth: sometimes nothing."""
    if random.random() < 0.06 or login.role is None:
        return _worthless(random, login), None
    basic = aiohttp.encode_basic_auth("x", login.token)
    good = random.choice((f"Bearer {login.token}", f"Bearer {login.access}", f"bearer {login.token}", basic))
    return [("Authorization", good)], login.role


def _worthless(random: Random, login: Login) -> list[tuple[str, str]]:
    token = login.access or "eyJhbGciOiJIUzI1NiJ9.eyJpZGVudGl0eSI6e319.x"
    head, _, rest = token.partition(".")
    odd = (
        "", "Bearer", "Bearer ", f"Bearer {rest}", f"Bearer {head[:-2]}.{rest}", f"Bearer {token}x",
        f"Bearer {login.refresh}",
        "Bearer apl_", "Bearer apl_" + "x" * 43, "Bearer " + "a." * 2000, "Basic", "Basic x",
        "Basic " + "=" * 50, "Basic Og==",
        "Basic /////w==", "Digest x", "Bearer eyJhbGciOiJub25lIn0.eyJpZGVudGl0eSI6eyJ1IjoidHJhZGVyIn19.",
        "\xff", f"Token {login.token}",
        aiohttp.encode_basic_auth("trader", "wrong"), "Bearer e30.e30.e30", "Bearer W10.W10.W10",
            "Bearer bnVsbA.bnVsbA.",
    )  # fmt: skip
    return [("Authorization", random.choice(odd))] if random.random() < 0.8 else []
