"""Tell whether a signed question comes from a key's owner, and in time."""

import hashlib
import hmac
import re
from collections.abc import Mapping

from tests.exchange_server.dialect import Refusal
from tests.exchange_server.endpoints import parameters

_USUAL_WINDOW_MS = 5_000
_LONGEST_WINDOW_MS = 60_000
_MOST_AHEAD_MS = 1_000
_KEY = re.compile(r"^[A-Za-z0-9_.-]{1,128}$")
_SIGNATURE = re.compile(r"(^|&)signature=[^&]*")
_IN_MICROSECONDS = 10**15


def signed_text(query: str, body: str) -> str:
    """Return what was signed: query string and body as they were sent, without the signature."""
    return _SIGNATURE.sub("", query).lstrip("&") + _SIGNATURE.sub("", body).lstrip("&")


def signature(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def check_key(key: str | None, keys: Mapping[str, str]) -> str:
    """Return the key's secret. Raises `Refusal` (-2014, -2015; status 401)."""
    if not key or not _KEY.match(key):
        raise Refusal(-2014, "API-key format invalid.", 401)
    if key not in keys:
        raise Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401)
    return keys[key]


def check(key: str | None, given: Mapping[str, str], text: str, keys: Mapping[str, str], now_ms: int) -> None:
    """Raise `Refusal` unless key, time and signature are right. `text`: what was signed."""
    secret = check_key(key, keys)
    parameters.text(given, "signature")
    check_time(given, now_ms)
    expected = signature(secret, text)
    if not hmac.compare_digest(expected, given["signature"].lower()):
        raise Refusal(-1022, "Signature for this request is not valid.")


def check_time(given: Mapping[str, str], now_ms: int) -> None:
    """Raise `Refusal` (-1021) when the question was asked too early or too long ago."""
    parameters.text(given, "timestamp")
    told = parameters.integer(given, "timestamp") or 0
    asked_ms = told / 1000 if told >= _IN_MICROSECONDS else told
    window = float(parameters.decimal(given, "recvWindow") or _USUAL_WINDOW_MS)
    if window > _LONGEST_WINDOW_MS:
        raise Refusal(-1131, "recvWindow must be less than 60000.")
    if asked_ms >= now_ms + _MOST_AHEAD_MS:
        raise Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now_ms - asked_ms > window:
        raise Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")
