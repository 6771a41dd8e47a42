"""The errors of the clients; each text is one line that says what to do."""

from collections.abc import Mapping
from typing import Any, ClassVar

from appliance.domain.errors import ApplianceError


class ClientError(ApplianceError):
    """The base of all errors of the clients."""

    exit_status: ClassVar[int] = 1


class WrongUsage(ClientError):
    """A command got arguments that it does not accept."""

    exit_status = 2


class NoAnswer(ClientError):
    """There is no connection, or it was lost, perhaps after the request arrived."""


class TimedOut(ClientError):
    """The bot got the request and did not answer in time; it may still execute it."""


class NotAnAnswer(ClientError):
    """The answer is not from the API of a bot."""


class RequestFailed(ClientError):
    """The bot answered with an error; `status` is that of HTTP, `body` the decoded JSON."""

    def __init__(self, text: str, status: int, body: Any) -> None:
        self.status = status
        self.body = body
        super().__init__(text)


class WrongLogin(RequestFailed):
    """The bot does not accept user name, password or token."""


def failure(
    status: int, headers: Mapping[str, str], body: object, *, with_token: bool = False
) -> RequestFailed:
    """Return the error for a status of 400 or more. Names of `headers` are in lower case.

    `with_token`: the request had an API token, not a user name and a password.
    """
    if status == 401 and with_token:
        return WrongLogin(_WRONG_TOKEN, status, body)
    kind = WrongLogin if status == 401 else RequestFailed
    return kind(_text(status, headers, body), status, body)


_WRONG_TOKEN = (
    "The bot does not accept this token: it is wrong, expired or revoked. Check APPLIANCE_API_TOKEN, or "
    "create one with `appliance token create`."
)
_TEXTS = {
    401: "The bot does not accept this login; use username and password of api_server in its configuration "
    "(reason: {reason})",
    403: "This login may not do that: {reason}",
    404: "Not found: {reason}",
    405: "This bot does not support the command: {reason}",
    422: "The bot cannot use these arguments: {reason}",
    429: "Too many attempts: {reason}; try again {later}",
    501: "This bot does not support the command: {reason}",
    503: "Not available now: {reason}",
}
_OTHER = "The bot answers with status {status}: {reason}"


def _text(status: int, headers: Mapping[str, str], body: object) -> str:
    reason, retry_after = _reason(body), headers.get("retry-after", "")
    later = f"in {retry_after} s" if retry_after else "later"
    text = _TEXTS.get(status, _OTHER)
    if status == 404 and reason == "Not Found":
        text = "This bot does not support the command: it may be an older version, or the address of another"
    elif status == 502 and isinstance(body, Mapping):
        text = "The bot refuses: {reason}"
    elif status in (502, 504):
        text = "A proxy answers ({status}), but no bot behind it: check that the bot is running"
    elif status == 503 and retry_after:
        text += "; try again {later}"
    return text.format(status=status, reason=reason, later=later)


def _reason(body: object) -> str:
    """Return the bot's reason in one line."""
    if not isinstance(body, Mapping):
        return "no reason given"
    reason = body.get("error", body.get("detail"))
    if isinstance(reason, list):
        return "; ".join(_problem(item) for item in reason)
    text = " ".join(str(reason or "no reason given").split())
    # "Error querying /api/v1/forceenter: …": the caller knows the command.
    return text.partition(": ")[2] if text.startswith("Error querying /") and ": " in text else text


def _problem(item: object) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    place = item.get("loc")
    parts = place[1:] if isinstance(place, list) else []
    if len(parts) > 1 and parts[0] == 0:
        parts = parts[1:]  # the client sends lists of one item, which its user has not written
    where = ".".join(str(part) for part in parts)
    found = item.get("input")
    text = str(item.get("msg", "not valid"))
    shown = f", found {found!r}" if isinstance(found, str | int | float) else ""
    return f"{where}: {text}{shown}" if where else text + shown
