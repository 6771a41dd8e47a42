"""Ask CoinGecko which coins are worth most, and what they cost."""

import math
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from appliance.config.documented import doc
from appliance.domain.errors import PairListError
from appliance.pairlists.sources.fetching import patiently_fetch_json

_FREE = "https://api.coingecko.com/api/v3"
_PAID = "https://pro-api.coingecko.com/api/v3"
PAGE = 250
"""The most coins that one answer has."""


class CoinGeckoAccess(msgspec.Struct, frozen=True, kw_only=True):
    """The section `coingecko` of the configuration."""

    api_key: Annotated[str, doc("Key of a CoinGecko account; none is needed.")] = ""
    is_demo: Annotated[bool, doc("Whether that account is a free one.")] = True
    api_url: Annotated[str, doc("Where to ask instead of at CoinGecko itself.")] = ""


class CoinGecko:
    """Answer coins by market capitalisation. Every method raises `PairListError`."""

    def __init__(self, access: CoinGeckoAccess, *, pauses: tuple[float, ...] = (1.0, 3.0)) -> None:
        paid = bool(access.api_key) and not access.is_demo
        self._url = access.api_url.rstrip("/") or (_PAID if paid else _FREE)
        header = "x-cg-pro-api-key" if paid else "x-cg-demo-api-key"
        self._headers = {header: access.api_key} if access.api_key else {}
        self._pauses = pauses

    async def categories(self) -> list[str]:
        """Return the names that categories have in requests, e.g. `layer-1`."""
        answer = await self._ask("coins/categories/list", {})
        return [str(row["category_id"]) for row in answer if "category_id" in row]

    async def largest(self, count: int, categories: Sequence[str] = ()) -> list[str]:
        """Return coins' symbols (lower case), the most valuable first.

        At least `count` of them, of all coins; or the first 250 of each category, where these are given.
        """
        if categories:
            questions = [{"page": "1"} | ({"category": one} if one else {}) for one in categories]
        else:
            questions = [{"page": str(page)} for page in range(1, math.ceil(count / PAGE) + 1)]
        rows: list[Any] = []
        for question in questions:
            rows += await self._ask("coins/markets", _USUAL | question)
        rows = [row for row in rows if isinstance(row.get("symbol"), str)]
        rows.sort(key=lambda row: float(row.get("market_cap") or 0.0), reverse=True)
        return [row["symbol"].lower() for row in rows]

    async def price(self, symbol: str, currency: str) -> float:
        """Return what the most valuable coin of that symbol costs in a currency such as "EUR"."""
        query = {"vs_currency": currency.lower(), "symbols": symbol.lower(), "order": "market_cap_desc"}
        for row in await self._ask("coins/markets", query):
            price = row.get("current_price")
            if isinstance(price, int | float) and price > 0:
                return float(price)
        raise PairListError(f"{self._url} knows no price of {symbol} in {currency}")

    async def _ask(self, what: str, query: dict[str, str]) -> list[dict[str, Any]]:
        answer = await patiently_fetch_json(
            f"{self._url}/{what}", query=query, headers=self._headers, pauses=self._pauses
        )
        if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
            raise PairListError(f"{self._url}/{what} answered no list of coins")
        return answer


_USUAL = {
    "vs_currency": "usd",
    "order": "market_cap_desc",
    "per_page": str(PAGE),
    "sparkline": "false",
    "locale": "en",
}
