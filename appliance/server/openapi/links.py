"""Link answers to the requests that use their values, for readers and test programs."""

from collections.abc import Container
from typing import Any

from appliance.server.routing.route import Route

# The value of the answer that is the id of a trade or a lock: of a list, that of the first item.
_TRADE_IN = {
    ("POST", "/forceenter"): "$response.body#/trade_id",
    ("GET", "/status"): "$response.body#/0/trade_id",
    ("GET", "/trades"): "$response.body#/trades/0/trade_id",
}
_LOCK_IN = {
    ("GET", "/locks"): "$response.body#/locks/0/id",
    ("POST", "/locks"): "$response.body#/locks/0/id",
}
_OF_A_TRADE = (
    ("GET", "/trade/{tradeid}"),
    ("GET", "/trades/{trade_id}/custom-data"),
    ("POST", "/trades/{tradeid}/reload"),
    ("DELETE", "/trades/{tradeid}/open-order"),
    ("DELETE", "/trades/{tradeid}"),
)
_EXIT = ("POST", "/forceexit")
_OF_A_LOCK = ("DELETE", "/locks/{lockid}")


def links(route: Route, known: Container[str]) -> dict[str, Any]:
    """Return the links of the answer of `route`, by the id of the operation that they lead to.

    `known` are the ids of all operations.
    """
    at = (route.method, route.path)
    found: dict[str, Any] = {}
    if trade := _TRADE_IN.get(at):
        for method, path in _OF_A_TRADE:
            name = path.partition("{")[2].partition("}")[0]
            found[operation_id(method, path)] = {"parameters": {name: trade}}
        found[operation_id(*_EXIT)] = {"requestBody": {"tradeid": trade}}
    if lock := _LOCK_IN.get(at):
        found[operation_id(*_OF_A_LOCK)] = {"parameters": {"lockid": lock}}
    return {name: {"operationId": name, **link} for name, link in found.items() if name in known}


def operation_id(method: str, path: str) -> str:
    """Return the unique id of an operation."""
    words = path.replace("{", "").replace("}", "").replace("-", "_").strip("/").split("/")
    return "_".join([method.lower(), *words])
