"""What a browser sends, and what it never would: pages, forms with their tokens, streams, files, cookies."""

import re
from random import Random
from urllib.parse import urlencode

import aiohttp
from msgspec import Struct

from appliance.queries.roles import Role
from tests.fuzzing.bots import Login, Program
from tests.fuzzing.probes import Probe
from tests.fuzzing.values import escaped, text, value_of

PAGES = (
    "/",
    "/login",
    "/orders",
    "/audit",
    "/dashboard/starting",
    "/dashboard/live",
    "/dashboard/live?once",
    "/enter",
    "/lock",
    "/blacklist/add",
    "/dashboard/entry_preview",
    "/trades/1/exit",
    "/dashboard/trades/1/exit_preview",
    "/dashboard/chart?pair=ETH/USDT",
    "/dashboard/chart/live?pair=ETH/USDT",
    "/dashboard/logs/live",
    "/dashboard/plots?plot=none",
    "/favicon.ico",
    "/manifest.webmanifest",
    "/service-worker.js",
)
ACTIONS = (
    "start", "pause", "reload_config", "stop", "force_exit", "force_entry", "settle/{client_order_id}",
    "trades/1/exit", "exit_all", "trades/1/cancel", "trades/1/delete", "trades/1/reload", "locks",
    "locks/1/unlock", "blacklist/add", "blacklist/remove",
)  # fmt: skip
_FIELDS = {
    "force_exit": ("trade",),
    "force_entry": ("pair", "side", "price", "ordertype", "stake", "leverage", "tag", "ticket"),
    "trades/1/exit": ("part", "size", "unit", "ordertype", "price", "ticket"),
    "locks": ("pair", "duration", "until", "side", "reason", "ticket"),
    "blacklist/add": ("pairs",), "blacklist/remove": ("pattern",),
        "settle/{client_order_id}": ("outcome", "exchange_id", "force"),
}  # fmt: skip
_FILES = (
    "dashboard.css", "live.js", "vendor/htmx.min.js", "../templates/base.html", "..%2f..%2fpyproject.toml",
    "%2e%2e/", "x" * 5000,
    "vendor/", "/etc/passwd", "%00", "dashboard.css%00.js", "live.js/", "%ff",
)  # fmt: skip


class Visit(Struct, frozen=True):
    """What a browser keeps of a login: its cookie, the token of its forms, and the same of the login form."""

    cookie: str
    token: str
    form_cookie: str
    form_token: str


async def visit_as(program: Program, login: Login) -> Visit:
    """Log in by the form, as a browser does."""
    headers = {"Origin": program.url, "Accept": "text/html"}
    async with aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(f"{program.url}/login") as page:
            form_token, form_cookie = _token_in(await page.text()), _cookies(browser)
        if login.role is None:
            return Visit("", "0" * 64, form_cookie, form_token)
        fields = {"username": "x", "password": login.token, "token": form_token}
        async with browser.post(f"{program.url}/login", data=fields) as page:
            return Visit(_cookies(browser), _token_in(await page.text()), form_cookie, form_token)


def _token_in(page: str) -> str:
    return re.findall(r'name="token" value="([0-9a-f]{64})"', page)[0]


def _cookies(browser: aiohttp.ClientSession) -> str:
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in browser.cookie_jar)


def make(random: Random, login: Login, visit: Visit) -> Probe:
    """Return a request as a page might send it."""
    kind = random.random()
    if kind < 0.3:
        return _page(random, login, visit)
    if kind < 0.4:
        return Probe(
            method=random.choice(("GET", "GET", "HEAD", "POST")),
            target="/static/" + random.choice(_FILES) + random.choice(("", "?v=x", "?v=" + "9" * 500)),
            template="/static/{name}",
            headers=(
                random.choice(
                    (("If-None-Match", '"x"'), ("If-None-Match", "\xff,"), ("Accept-Encoding", "gzip"))
                ),
            ),
            body=b"",
            role=None,
        )
    return _login(random, login, visit) if kind < 0.5 else _action(random, login, visit)


def _page(random: Random, login: Login, visit: Visit) -> Probe:
    template = random.choice((*PAGES, "/orders/{client_order_id}"))
    target = template.replace(
        "{client_order_id}", escaped(random, value_of(random, "client_order_id")) or "x"
    )
    name = random.choice(("page", "state", "once", text(random)[:40]))
    if random.random() < 0.6:
        joined = "&" if "?" in target else "?"
        target += f"{joined}{escaped(random, name)}={escaped(random, value_of(random, name))}"
    cookie, role = _shown(random, login, visit)
    headers = [("Accept", random.choice(("text/html", "*/*"))), *cookie]
    if random.random() < 0.3:
        headers.append(("HX-Request", "true"))
    path = template.partition("?")[0]
    return Probe(method="GET", target=target, template=path, headers=tuple(headers), body=b"", role=role)


def _action(random: Random, login: Login, visit: Visit) -> Probe:
    action = random.choice(ACTIONS)
    fields = {name: _field(random, name) for name in _FIELDS.get(action, ()) if random.random() < 0.9}
    if random.random() < 0.2:
        fields |= {text(random)[:100]: text(random) for _ in range(random.choice((1, 30)))}
    cookie, role = _shown(random, login, visit)
    token, origin, is_right = _proof(random, visit.token)
    role = role if is_right else None
    kind, in_header = _form_type(random), random.random() < 0.5
    headers = [*cookie, *origin, ("Content-Type", kind)]
    if in_header:
        headers.append(("X-CSRF-Token", token))
    else:
        fields["token"] = token
        role = role if kind.startswith("application/x-www-form-urlencoded") else None
    target = f"/dashboard/{action}".replace(
        "{client_order_id}", escaped(random, value_of(random, "client_order_id")) or "x"
    )
    body = urlencode(fields, errors="surrogatepass").encode()
    return Probe(
        method="POST", target=target, template=f"/dashboard/{action}", headers=tuple(headers), body=body,
            role=role
    )  # fmt: skip


def _login(random: Random, login: Login, visit: Visit) -> Probe:
    token, origin, is_right = _proof(random, visit.form_token)
    password = random.choice((login.token if is_right else "wrong", "wrong", text(random), text(random) * 50))
    fields = {"username": text(random), "password": password, "token": token}
    cookie = [
        (
            "Cookie",
            random.choice(
                (visit.form_cookie, visit.form_cookie + "x", text(random)[:50].replace("\r\n", ""))
            ),
        )
    ]
    headers = (*cookie, *origin, ("Content-Type", _form_type(random)))
    body = urlencode(fields, errors="surrogatepass").encode()
    return Probe(method="POST", target="/login", template="/login", headers=headers, body=body, role=None)


def _field(random: Random, name: str) -> str:
    if name == "trade" and random.random() < 0.6:
        return random.choice(("1", "2", "3", "all"))
    value = value_of(random, name)
    return value if isinstance(value, str) else str(value)


def _form_type(random: Random) -> str:
    odd = (
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/json",
        "application/x-www-form-urlencoded; charset=x",
    )
    return "application/x-www-form-urlencoded" if random.random() < 0.9 else random.choice(odd)


def _proof(random: Random, right: str) -> tuple[str, list[tuple[str, str]], bool]:
    """Return the token of a form, from where it comes, and whether both are right."""
    wrong_origins = [("Sec-Fetch-Site", site) for site in ("cross-site", "same-site", "none", "x")]
    wrong_origins += [("Origin", "https://evil.example"), ("Origin", "null"), ("Origin", "http://[::1")]
    kind = random.random()
    if kind < 0.1:
        return random.choice(("", "0" * 64, right[:-1], "\ud800")), [("Sec-Fetch-Site", "same-origin")], False
    if kind < 0.2:
        return right, [random.choice(wrong_origins)], False
    return right, [("Sec-Fetch-Site", "same-origin")], True


def _shown(random: Random, login: Login, visit: Visit) -> tuple[list[tuple[str, str]], Role | None]:
    """Return a cookie and what it is worth."""
    if random.random() < 0.85 and login.role is not None:
        return [("Cookie", visit.cookie)], login.role
    name, _, value = (visit.cookie or visit.form_cookie).partition("=")
    claim, _, seal = value.rpartition(".")
    odd = (
        "", name, f"{name}=", f"{name}={value}x", f"{name}=9{claim}.{seal}", f"{name}={claim}",
        f"{name}={seal}", f"{name}=a.b.c.d",
        f"{name}=99999999999.x.y.{seal}", f"{name}=" + "." * 4000, f"{name}=\xff", f'{name}="{claim}',
        f"{name}_visit=x", "; ; =; x",
    )  # fmt: skip
    return [("Cookie", random.choice(odd))], None
