"""Authenticate a client: log in for a token, renew it, or send the password if there are no tokens.

There is no input or output here: `conversation` yields requests and receives replies, so that the blocking
and the asynchronous client behave in the same way.
"""

from base64 import b64encode
from collections.abc import Generator

from appliance.client.exchange import Reply, Request

Conversation = Generator[Request, Reply, Reply]
Renewal = Generator[Request, Reply, Reply | None]
"""Returns the refusal, or None on success."""

_LOGIN = Request("POST", "token/login", body={})
_REFRESH = Request("POST", "token/refresh", body={})


class Login:
    """The credentials, and the tokens of the session.

    `token` is an API token: it is sent with every call, without logging in.
    """

    def __init__(self, username: str | None, password: str | None, token: str | None = None) -> None:
        self._basic = ""
        if username and password:
            self._basic = "Basic " + b64encode(f"{username}:{password}".encode()).decode()
        self._fixed = token or ""
        self._access = self._fixed
        self._refresh = ""
        self._without_tokens = False

    @property
    def is_possible(self) -> bool:
        """Whether there are credentials."""
        return bool(self._basic or self._fixed)

    @property
    def has_token(self) -> bool:
        """Whether the credentials are an API token."""
        return bool(self._fixed)

    @property
    def access_token(self) -> str:
        """The token, also for the websocket; empty before logging in, and if the bot gives none."""
        return self._access

    def conversation(self, request: Request) -> Conversation:
        """Send `request`, after logging in if necessary. Returns the last reply."""
        if request.public or not self.is_possible:
            return (yield request)
        if not self._access and not self._without_tokens:
            refusal = yield from self.log_in()
            if refusal:
                return refusal
        reply = yield request.authorized(self._authorization)
        if reply.status != 401 or not self._access or self._fixed:
            return reply
        refusal = yield from self.renew()
        # A request that was answered with 401 was not executed.
        return refusal or (yield request.authorized(self._authorization))

    def renew(self) -> Renewal:
        """Get a new access token, with the refresh token if that is still valid."""
        if self._fixed or not self._basic:
            return None
        self._access = ""
        if self._refresh:
            reply = yield _REFRESH.authorized(f"Bearer {self._refresh}")
            self._take(reply)
        return None if self._access else (yield from self.log_in())

    def log_in(self) -> Renewal:
        """Get tokens for user name and password.

        With a server without this endpoint, user name and password are sent with every request.
        """
        reply = yield _LOGIN.authorized(self._basic)
        if reply.status in (401, 403, 429):
            return reply
        self._take(reply)
        self._without_tokens = not self._access
        return None

    @property
    def _authorization(self) -> str:
        return f"Bearer {self._access}" if self._access else self._basic

    def _take(self, reply: Reply) -> None:
        if reply.status != 200:
            return
        try:
            given = reply.json()
        except ValueError:
            return
        if isinstance(given, dict):
            self._access = str(given.get("access_token", ""))
            self._refresh = str(given.get("refresh_token", self._refresh))
