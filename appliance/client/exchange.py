"""Requests and replies of the API, and their meaning."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from appliance import __version__
from appliance.client.address import API
from appliance.client.errors import NotAnAnswer, failure
from appliance.domain.json_value import Json


@dataclass(frozen=True)
class Request:
    """A request; `path` is below `/api/v1/` and percent-encoded, `body` is sent as JSON."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: object = None
    public: bool = False
    authorization: str = ""

    def authorized(self, authorization: str) -> "Request":
        return replace(self, authorization=authorization)

    @property
    def target(self) -> str:
        """Path and query string."""
        return API + self.path + (f"?{urlencode(self.query)}" if self.query else "")

    @property
    def may_be_repeated(self) -> bool:
        """Whether it may be sent twice: true for reading and for logging in."""
        return self.method == "GET" or self.path.startswith("token/")

    @property
    def content(self) -> bytes | None:
        """The encoded body; dates and other values without a JSON type are sent as strings."""
        return json.dumps(self.body, default=str).encode() if self.method == "POST" else None

    def headers(self, *, compressed: bool) -> dict[str, str]:
        """Return the headers; `compressed` requests a compressed answer."""
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip" if compressed else "identity",
            "User-Agent": f"appliance-client/{__version__}",
        }
        if self.method == "POST":
            headers["Content-Type"] = "application/json"
        if self.authorization:
            headers["Authorization"] = self.authorization
        return headers


@dataclass(frozen=True)
class Reply:
    """The answer to a request; names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    def json(self) -> Json:
        """Decode the content. Raises ValueError."""
        compressed = self.headers.get("content-encoding") == "gzip"
        try:
            decoded: Json = json.loads(gzip.decompress(self.content) if compressed else self.content)
        except (OSError, EOFError) as error:
            raise ValueError(str(error)) from None
        return decoded


def answer(reply: Reply, server: str, *, raises: bool, with_token: bool = False) -> Json:
    """Return the decoded body, also of an error unless `raises`. Raises RequestFailed and NotAnAnswer."""
    if 300 <= reply.status < 400:
        place = reply.headers.get("location", "nowhere")
        raise NotAnAnswer(f"{server} redirects to {place}: use the address of the bot itself")
    try:
        body = reply.json()
    except ValueError:
        if reply.status >= 400:
            raise failure(reply.status, reply.headers, None, with_token=with_token) from None
        raise NotAnAnswer(f"What answers at {server} is not a bot's API: check the address") from None
    if raises and reply.status >= 400:
        raise failure(reply.status, reply.headers, body, with_token=with_token)
    return body
