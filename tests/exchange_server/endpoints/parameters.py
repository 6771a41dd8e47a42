"""Read a request's parameters as strictly as Binance does."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from tests.exchange_server.dialect import Refusal

_SYMBOL = re.compile(r"^[A-Z0-9_.-]{1,20}$")
_CLIENT_ORDER_ID = re.compile(r"^[.A-Z:/a-z0-9_-]{1,36}$")
_MOST_PLACES = 8
_LONGEST_PERIOD_MS = 86_400_000


def known(query: Mapping[str, str], *allowed: str) -> None:
    """Refuse parameters that the endpoint does not have."""
    extra = [name for name in query if name not in allowed]
    if extra:
        raise Refusal(
            -1104,
            f"Not all sent parameters were read; read '{len(query) - len(extra)}' "
            f"parameter(s) but was sent '{len(query)}'.",
        )


def text(query: Mapping[str, str], name: str) -> str:
    value = query.get(name)
    if value is None:
        raise Refusal(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
    if value == "":
        raise Refusal(-1105, f"Parameter '{name}' was empty.")
    return value


def integer(query: Mapping[str, str], name: str) -> int | None:
    value = query.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"\d{1,19}", value):
        raise Refusal(
            -1100, f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,20}}$'."
        )
    return int(value)


def limit(query: Mapping[str, str], usual: int, most: int) -> int:
    """Return the limit, cut off at the most that is given."""
    value = integer(query, "limit")
    if value is None:
        return usual
    if value == 0:
        raise Refusal(-1130, "Data sent for parameter 'limit' is not valid.")
    return min(value, most)


def symbol(query: Mapping[str, str], pairs: Mapping[str, str]) -> str:
    """Return the pair of the one symbol that is asked for."""
    return _pair(text(query, "symbol"), pairs)


def symbols(query: Mapping[str, str], pairs: Mapping[str, str]) -> tuple[list[str], bool]:
    """Return the pairs of `symbol` or `symbols`, or all; and whether a single object is the answer."""
    if "symbol" in query and "symbols" in query:
        raise Refusal(-1128, "Combination of optional parameters invalid.")
    if "symbol" in query:
        return [symbol(query, pairs)], True
    if "symbols" in query:
        return [_pair(each, pairs) for each in _listed(query["symbols"])], False
    return list(pairs.values()), False


def _listed(value: str) -> Iterable[str]:
    try:
        listed = json.loads(value)
    except json.JSONDecodeError:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise Refusal(
            -1100,
            "Illegal characters found in parameter 'symbols'; legal range is "
            '\'^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$\'.',
        )
    if len(set(listed)) != len(listed):
        raise Refusal(-1151, "Symbol is present multiple times in the list.")
    return listed


def _pair(name: str, pairs: Mapping[str, str]) -> str:
    if not _SYMBOL.match(name):
        raise Refusal(
            -1100, "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."
        )
    if name not in pairs:
        raise Refusal(-1121, "Invalid symbol.")
    return pairs[name]


def decimal(query: Mapping[str, str], name: str) -> Decimal | None:
    """Return a number that is written plainly, with eight decimal places at most."""
    value = query.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"\d{1,20}(\.\d{1,20})?", value):
        raise Refusal(
            -1100,
            f"Illegal characters found in parameter '{name}'; "
            "legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
        )
    if len(value.partition(".")[2].rstrip("0")) > _MOST_PLACES:
        raise Refusal(-1111, f"Parameter '{name}' has too much precision.")
    return Decimal(value)


def choice(
    query: Mapping[str, str], name: str, allowed: Iterable[str], refusal: Refusal, usual: str | None = None
) -> str:
    """Return one of the values that are allowed, or what is usual where nothing is said."""
    if name not in query and usual is not None:
        return usual
    value = text(query, name)
    if value not in allowed:
        raise refusal
    return value


def client_order_id(query: Mapping[str, str], name: str) -> str | None:
    value = query.get(name)
    if value is not None and not _CLIENT_ORDER_ID.match(value):
        raise Refusal(
            -1100,
            f"Illegal characters found in parameter '{name}'; "
            "legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.",
        )
    return value


def order_ids(query: Mapping[str, str], prefix: str = "") -> tuple[int | None, str | None]:
    """Return by what an order is looked up: its id, its client order id, or both."""
    by_id, by_client = ("orderId", "origClientOrderId")
    if prefix:
        by_id, by_client = f"{prefix}OrderId", f"{prefix}OrigClientOrderId"
    if not query.get(by_id) and not query.get(by_client):
        raise Refusal(-1102, f"Param '{by_client}' or '{by_id}' must be sent, but both were empty/null!")
    return integer(query, by_id), query.get(by_client)


def period(query: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Return start and end (ms) of what is asked for: a day at most when both are given."""
    start, end = integer(query, "startTime"), integer(query, "endTime")
    if start is not None and end is not None and end - start > _LONGEST_PERIOD_MS:
        raise Refusal(-1127, "More than 24 hours between startTime and endTime.")
    return start, end


def boolean(query: Mapping[str, str], name: str) -> bool:
    return query.get(name, "").lower() == "true"
