"""The blocking client."""

import logging
from typing import Any

from appliance.client.address import address
from appliance.client.commands import BY_NAME
from appliance.client.connections import Connections
from appliance.client.errors import NoAnswer
from appliance.client.exchange import Reply, Request, answer
from appliance.client.login import Login
from appliance.client.methods import Commands
from appliance.client.trust import DEFAULT_TRUST, Trust

log = logging.getLogger(__name__)


class RestClient(Commands):
    """Call the REST API of a bot: a method for each command returns the decoded JSON.

    serverurl: e.g. http://127.0.0.1:8080, or https://host/prefix behind a reverse proxy. username, password:
    those of api_server; it logs in at the first call that needs it. token: an API token, instead of username
    and password. timeout: seconds to wait for a connection, and for an answer. retry: how many times a call
    that only reads is repeated if the connection fails. raises: raise a ClientError if the bot answers with
    an error, or if there is no connection. Without it an error is returned like any answer, and no connection
    is None, as in `freqtrade_client.FtRestClient`, so that its scripts work. A time-out (TimedOut) and an
    answer that is not JSON (NotAnAnswer) always raise. trust: which certificates of the bot are accepted; by
    default those that the system trusts.

    Safe to use from several threads, and in a `with` statement.
    """

    def __init__(  # noqa: PLR0913 -- the interface of freqtrade_client
        self,
        serverurl: str,
        username: str | None = None,
        password: str | None = None,
        *,
        token: str | None = None,
        timeout: float = 10,
        retry: int = 2,
        raises: bool = False,
        pool_connections: int = 10,
        pool_maxsize: int = 10,
        trust: Trust = DEFAULT_TRUST,
    ) -> None:
        server = address(serverurl)
        self._server = server
        self._login = Login(username or server.username, password or server.password, token)
        # pool_connections counts servers; there is one.
        self._connections = Connections(server, timeout, pool_maxsize, trust)
        self._retry = retry
        self._raises = raises

    def __enter__(self) -> "RestClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; a later call opens a new one."""
        self._connections.close()

    def ping(self) -> Any:
        """Check whether the bot answers, with a login whether it trades: `pong`, else `not_running`."""
        if not self._login.is_possible:
            return self._call("ping", (), {}) or {"status": "not_running"}
        return ping_of(self.show_config())

    def _call(self, command: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        request = BY_NAME[command].request(arguments, keywords)
        try:
            reply = self._converse(request)
            given = self._login.has_token
            return answer(reply, str(self._server), raises=self._raises, with_token=given)
        except NoAnswer as error:
            if self._raises:
                raise
            log.warning("%s", error)
            return None

    def _converse(self, request: Request) -> Reply:
        conversation = self._login.conversation(request)
        try:
            due = next(conversation)
            while True:
                due = conversation.send(self._connections.send(due, self._retry))
        except StopIteration as end:
            last: Reply = end.value
            return last


def ping_of(config: object) -> dict[str, str]:
    """Return the answer of `ping` for these settings of a bot; None if it did not answer."""
    trades = isinstance(config, dict) and config.get("state") == "running"
    return {"status": "pong" if trades else "not_running"}
