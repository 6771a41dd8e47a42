"""What all dialects have in common: requests as they came, answers, and which of them answers which path."""

import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import msgspec

from tests.exchange_dialects.account import Account


class Seen(msgspec.Struct):
    """A request as it came. `given` is its query and its body, form or JSON."""

    method: str
    path: str
    headers: Mapping[str, str]
    given: dict[str, Any]

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"


class Said(Exception):
    """An answer other than the usual one: what is said, and with what status."""

    def __init__(self, body: Any, status: int = 200) -> None:
        self.body, self.status = body, status
        super().__init__(body)


def given(query: Mapping[str, str], body: str) -> dict[str, Any]:
    """Read what a request brings along."""
    if not body.strip():
        return dict(query)
    try:
        told = json.loads(body)
    except ValueError:
        told = dict(parse_qsl(body))
    told = told[0] if isinstance(told, list) else told
    return {**query, **told}


class Dialect:
    """Answer as one exchange does.

    `routes` names a method for each "METHOD /path", `*` standing for anything; `orders` is the route by
    which orders come.
    """

    name: ClassVar[str]
    pair: ClassVar[str] = "ETH/USDT"
    orders: ClassVar[str]
    routes: ClassVar[dict[str, str]]
    credentials: ClassVar[dict[str, str]] = {"key": "a-key-of-ours", "secret": "c2VjcmV0LW9mLW91cnM="}

    def __init__(self) -> None:
        self.account = Account()
        self.seen: list[Seen] = []
        self.lose = 0
        """How many answers to orders get lost on the way."""

    def urls(self, root: str) -> dict[str, Any]:
        raise NotImplementedError

    def options(self) -> dict[str, Any]:
        return {}

    def config(self, root: str) -> dict[str, Any]:
        """Return what stands in `exchange.ccxt_config`."""
        return {"enableRateLimit": False, "options": self.options(), **self.urls(root)}

    def answer(self, request: Seen) -> Any:
        """Return what is answered; raises `Said`."""
        self.seen.append(request)
        for route, method in self.routes.items():
            if fnmatchcase(request.route, route):
                told: Callable[[dict[str, Any]], Any] = getattr(self, method)
                return told({**request.given, "path": request.path.rpartition("/")[2]})
        raise Said({"unknown": request.route}, 404)

    def asked(self, route: str) -> list[dict[str, Any]]:
        """Return what came with each request to a route."""
        return [seen.given for seen in self.seen if fnmatchcase(seen.route, route)]
