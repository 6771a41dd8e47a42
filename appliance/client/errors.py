"""What can go wrong between a client and its bot, each told in one line that says what to do."""

from collections.abc import Mapping
from typing import Any, ClassVar

from appliance.domain.errors import ApplianceError


class ClientError(ApplianceError):
    """Be the root of all that the clients raise."""

    exit_status: ClassVar[int] = 1


class WrongUsage(ClientError):
    """Say that a command was given arguments that it does not take."""

    exit_status = 2


class NoAnswer(ClientError):
    """Say that there is no connection, or that it broke, perhaps after a request arrived."""


class TimedOut(ClientError):
    """Say that the bot took the request and did not answer in time; it may still do what was asked."""


class NotAnAnswer(ClientError):
    """Say that something answered, and that it is no bot's API."""


class RequestFailed(ClientError):
    """Say why the bot answered with an error; `status` is HTTP's, `body` the decoded JSON."""

    def __init__(self, text: str, status: int, body: Any) -> None:
        self.status = status
        self.body = body
        super().__init__(text)


class WrongLogin(RequestFailed):
    """Say that user name, password or token is not one that the bot knows."""


def failure(status: int, headers: Mapping[str, str], body: Any) -> RequestFailed:
    """Return the error for a status of 400 or more. Names of `headers` are in small letters."""
    kind = WrongLogin if status == 401 else RequestFailed
    return kind(_text(status, headers, body), status, body)


def _text(status: int, headers: Mapping[str, str], body: Any) -> str:
    told = _told(body)
    retry_after = headers.get("retry-after", "")
    again = f"; try again in {retry_after} s" if retry_after else "; try again later"
    match status:
        case 401:
            return (
                "The bot does not accept this login; it wants username and password of api_server in its "
                f"configuration (it says: {told})"
            )
        case 403:
            return f"This login may not do that: {told}"
        case 404 if told == "Not Found":
            return "This bot does not know the command: is it of an older version, or the address another's?"
        case 404:
            return f"Not found: {told}"
        case 405 | 501:
            return f"This bot does not know the command: {told}"
        case 422:
            return f"The bot cannot use these arguments: {told}"
        case 429:
            return f"Too many attempts: {told}{again}"
        case 502 if isinstance(body, Mapping):
            return f"The bot refuses: {told}"
        case 502 | 504:
            return f"A proxy answers ({status}), but no bot behind it: is the bot running?"
        case 503:
            return f"Not available now: {told}{again if retry_after else ''}"
    return f"The bot answers with status {status}: {told}"


def _told(body: Any) -> str:
    """Put into one line what the bot says is wrong."""
    if not isinstance(body, Mapping):
        return "no reason given"
    reason = body.get("error", body.get("detail"))
    if isinstance(reason, list):
        return "; ".join(_problem(item) for item in reason)
    text = " ".join(str(reason or "no reason given").split())
    # "Error querying /api/v1/forceenter: …": what was asked is known to who asked.
    return text.partition(": ")[2] if text.startswith("Error querying /") and ": " in text else text


def _problem(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    place = item.get("loc")
    where = ".".join(str(part) for part in place[1:]) if isinstance(place, list) else ""
    found = item.get("input")
    text = str(item.get("msg", "not valid"))
    shown = f", found {found!r}" if isinstance(found, str | int | float) else ""
    return f"{where}: {text}{shown}" if where else text + shown
