"""What ccxt knows is asked of ccxt, for each of its classes: prices that orders need, the length of lists."""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain import errors
from appliance.exchange.ccxt.account import Account
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.requirements import asks_for_price, buys_need_price, list_limit
from appliance.exchange.ccxt.settings import account_settings
from appliance.exchange.ccxt_import import exchange_class, known_names
from appliance.exchange.client_ids import new_client_order_id
from appliance.exchange.retry import RetryPolicy

PAIR = "ETH/USDT"
KEYS = {
    "key": "a" * 32,
    "secret": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0",
    "password": "p",
    "uid": "1",
    "walletAddress": "0x" + "12" * 20,
    "privateKey": "0x" + "11" * 32,
}
REFUSING = "requires the price|requires a price|require price|requires price|requires params|require cost"


class Sent(Exception):
    """Stand for the end of the line: a request was made up."""


def market(precision_mode: int) -> dict[str, Any]:
    places = {"amount": 4, "price": 2} if precision_mode == 2 else {"amount": 0.0001, "price": 0.01}
    none = {"min": None, "max": None}
    kinds = dict.fromkeys(("margin", "swap", "future", "option", "contract"), False)
    return {
        "id": "ETHUSDT", "symbol": PAIR, "base": "ETH", "quote": "USDT", "baseId": "ETH", "quoteId": "USDT",
        "active": True, "type": "spot", "spot": True, **kinds, "precision": {**places, "cost": 0.01},
        "limits": {"amount": none, "price": none, "cost": none, "leverage": none}, "info": {},
        "lowercaseId": "ethusdt", "uppercaseId": "ETHUSDT", "numericId": 1,
    }  # fmt: skip


def made(name: str, **changes: Any) -> Any:
    """Return the real class of an exchange with one market, which sends nothing."""
    exchange = exchange_class(name)(account_settings(ExchangeSettings(name=name, **{**KEYS, **changes})))

    async def fetch(url: str, *_: Any, **__: Any) -> Any:
        raise Sent(url)

    async def load_markets(*_: Any, **__: Any) -> Any:
        return exchange.markets

    exchange.fetch, exchange.load_markets = fetch, load_markets
    exchange.set_markets([market(exchange.precisionMode)])
    return exchange


async def buying(exchange: Any, price: float | None, params: Mapping[str, Any] | None = None) -> Exception:
    """Return with what a market order to buy ends: `Sent`, or why ccxt does not send it."""
    try:
        await exchange.create_order(PAIR, "market", "buy", 0.5, price, dict(params or {}))
    except Exception as error:
        return error
    raise AssertionError


@pytest.mark.parametrize("name", known_names())
async def test_market_orders_to_buy_have_the_price_that_ccxt_wants(name: str):
    exchange = await asyncio.to_thread(made, name)
    needed = buys_need_price(exchange)
    without = await buying(exchange, None)
    if not needed and asks_for_price(without):  # it told only now: the order is made up again, with a price
        again = await buying(exchange, 2000.0, {"cost": 1000.0})
        assert not asks_for_price(again)
    elif not needed:
        assert not any(words in str(without) for words in REFUSING.split("|")), without
    else:
        assert not asks_for_price(await buying(exchange, 2000.0))


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("gate", True),
        ("gateeu", True),
        ("htx", True),
        ("coinbase", True),  # in its options
        ("poloniex", True),
        ("bitget", True),  # in its code alone
        ("cryptocom", True),
        ("okx", False),  # by its options, though its code reads it
        ("bybit", False),
        ("binance", False),
        ("kraken", False),
    ],
)
@pytest.mark.parametrize("told", [None, True, False])
async def test_what_its_class_says_counts_and_no_configuration_turns_amounts_into_sums(name, needed, told):
    options = {} if told is None else {"createMarketBuyOrderRequiresPrice": told}
    nested = {"createOrder": options} if options else {}
    config = {"options": {**options, **nested}}
    exchange = await asyncio.to_thread(made, name, ccxt_config=config)
    assert buys_need_price(exchange) is needed
    assert config["options"] == {**options, **nested}


@pytest.mark.parametrize("name", known_names())
def test_list_limits_are_numbers_or_not_known(name: str):
    exchange = exchange_class(name)()
    for method in ("fetch_orders", "fetch_closed_orders", "fetch_open_orders", "fetch_my_trades"):
        limit = list_limit(exchange, method)
        assert limit is None or limit > 0
        told = ((exchange.features or {}).get("spot") or {}).get(
            "".join(word.title() for word in method.split("_")).replace("Fetch", "fetch", 1)
        )
        assert limit == ((told or {}).get("limit") or None)


class Listed:
    """Stand in for the class of an exchange that returns the newest orders, of a list of any length."""

    has: ClassVar = {"fetchOrders": True}
    options: ClassVar = {}

    def __init__(self, orders: list[dict[str, Any]], *, page: int, limit: int | None) -> None:
        self.orders, self.page, self.limit = orders, page, limit

    def feature_value_by_type(self, *_: Any) -> int | None:
        return self.limit

    async def fetch_open_orders(self, pair, since_ms, limit, params) -> list[dict[str, Any]]:
        return [order for order in self.orders if order["status"] == "open"][-self.page :]

    async def fetch_orders(self, pair, since_ms, limit, params) -> list[dict[str, Any]]:
        return self.orders[-self.page :]


async def account_at(exchange: Any, name: str = "poloniex") -> Account:
    settings = ExchangeSettings(name=name, **KEYS)
    connection = await asyncio.to_thread(Connection, settings, retry=RetryPolicy(attempts=1))
    connection.markets = {PAIR: None}
    connection._exchange = exchange
    return Account(connection)


def orders(number: int, status: str = "closed") -> list[dict[str, Any]]:
    kind = {"symbol": PAIR, "side": "buy", "type": "limit", "status": status, "amount": 1}
    return [{"id": str(n), "timestamp": n * 60_000 + 10**12, **kind} for n in range(number)]


@pytest.mark.parametrize("page", [5, 10, 19, 20, 50])
@pytest.mark.parametrize("limit", ["known", "not known"])
async def test_a_list_of_unknown_length_proves_nothing_while_it_may_be_cut_off(page, limit):
    account = await account_at(Listed(orders(page + 3), page=page, limit=page if limit == "known" else None))
    with pytest.raises(errors.ExchangeError, match="lists too many orders of ETH/USDT"):
        await account.find_order(new_client_order_id(), PAIR, 10**12)


@pytest.mark.parametrize("limit", [500, None])
async def test_a_list_that_reaches_back_proves_that_an_order_is_nowhere(limit):
    account = await account_at(Listed(orders(30), page=100, limit=limit))
    assert await account.find_order(new_client_order_id(), PAIR, 10**12 + 20 * 60_000) is None


@pytest.mark.parametrize(("number", "certain"), [(3, True), (40, False)])
async def test_many_open_orders_prove_nothing_either(number, certain):
    listed = [*orders(1), *orders(number, "open")]
    account = await account_at(Listed(listed, page=40, limit=None))
    asked = account.find_order(new_client_order_id(), PAIR, 10**12 + 20 * 60_000)
    if certain:
        assert await asked is None
    else:
        with pytest.raises(errors.ExchangeError, match="lists too many orders"):
            await asked


@pytest.mark.parametrize(
    ("name", "listing", "most"),
    [
        ("poloniex", "fetch_my_trades", 1000),  # as ccxt says
        ("poloniex", "fetch_orders", None),
        ("kucoin", "fetch_orders", 20),  # as was found out
        ("okxus", "fetch_closed_orders", 100),
    ],
)
async def test_how_much_a_list_holds_is_as_was_found_out_or_as_ccxt_says(name, listing, most):
    account = await account_at(await asyncio.to_thread(exchange_class(name)), name)
    assert account._lists.most(listing) == most
