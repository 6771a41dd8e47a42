"""Fetch market capitalisations and prices of coins from CoinGecko."""

import math
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from appliance.config.documented import doc
from appliance.domain.errors import PairListError
from appliance.pairlists.sources.fetching import fetch_json_with_retries

_FREE = "https://api.coingecko.com/api/v3"
_PAID = "https://pro-api.coingecko.com/api/v3"
PAGE = 250
"""Coins per page, the maximum of the API."""


class CoinGeckoAccess(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the section `coingecko` of the configuration."""

    api_key: Annotated[str, doc("Key of a CoinGecko account; optional.")] = ""
    is_demo: Annotated[bool, doc("Whether the key is one of a free account.")] = True
    api_url: Annotated[str, doc("URL to use instead of CoinGecko's own.")] = ""


class CoinGecko:
    """Send requests to CoinGecko. Every method raises `PairListError`."""

    def __init__(self, access: CoinGeckoAccess, *, pauses: tuple[float, ...] = (1.0, 3.0)) -> None:
        paid = bool(access.api_key) and not access.is_demo
        self._url = access.api_url.rstrip("/") or (_PAID if paid else _FREE)
        header = "x-cg-pro-api-key" if paid else "x-cg-demo-api-key"
        self._headers = {header: access.api_key} if access.api_key else {}
        self._pauses = pauses

    async def categories(self) -> list[str]:
        """Return the ids of the categories, e.g. `layer-1`."""
        answer = await self._get("coins/categories/list", {})
        return [str(row["category_id"]) for row in answer if "category_id" in row]

    async def largest(self, count: int, categories: Sequence[str] = ()) -> list[str]:
        """Return the symbols of coins (lower case), largest market capitalisation first.

        At least `count` symbols of all coins or, with `categories`, the first 250 of each category.
        """
        if categories:
            queries = [{"page": "1"} | ({"category": one} if one else {}) for one in categories]
        else:
            queries = [{"page": str(page)} for page in range(1, math.ceil(count / PAGE) + 1)]
        rows: list[Any] = []
        for query in queries:
            rows += await self._get("coins/markets", _DEFAULT_QUERY | query)
        rows = [row for row in rows if isinstance(row.get("symbol"), str)]
        rows.sort(key=lambda row: float(row.get("market_cap") or 0.0), reverse=True)
        return [row["symbol"].lower() for row in rows]

    async def price(self, symbol: str, currency: str) -> float:
        """Return the price of the largest coin with this symbol, in a currency such as "EUR"."""
        query = {"vs_currency": currency.lower(), "symbols": symbol.lower(), "order": "market_cap_desc"}
        for row in await self._get("coins/markets", query):
            price = row.get("current_price")
            if isinstance(price, int | float) and price > 0:
                return float(price)
        raise PairListError(f"{self._url} has no price of {symbol} in {currency}")

    async def _get(self, path: str, query: dict[str, str]) -> list[dict[str, Any]]:
        answer = await fetch_json_with_retries(
            f"{self._url}/{path}", query=query, headers=self._headers, pauses=self._pauses
        )
        if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
            raise PairListError(f"{self._url}/{path} returned no list of coins")
        return answer


_DEFAULT_QUERY = {
    "vs_currency": "usd",
    "order": "market_cap_desc",
    "per_page": str(PAGE),
    "sparkline": "false",
    "locale": "en",
}
