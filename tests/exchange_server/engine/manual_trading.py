"""Trade on the account as somebody else: the user on the exchange's website, or the exchange itself."""

from decimal import Decimal

from tests.exchange_server.dialect import symbol_of
from tests.exchange_server.endpoints import answers
from tests.exchange_server.engine import counts, order_request
from tests.exchange_server.engine.exchange import Exchange
from tests.exchange_server.engine.money import exact
from tests.exchange_server.engine.orders import BUY, SELL, Order


def trade(
    exchange: Exchange, pair: str, side: str, amount: Decimal | float | str, price: float | str | None = None
) -> Order:
    """Place an order of the user's own: `amount` in base currency, at the market without a `price`.

    Raises `Refusal` where the exchange would not take it.
    """
    counts.check(exchange)
    given = {"symbol": symbol_of(exchange.market.markets[pair]), "side": side.upper(), "type": "MARKET"}
    given |= {"quantity": str(exact(amount)), "newClientOrderId": f"web_{len(exchange.ledger.orders)}"}
    if price is not None:
        given |= {"type": "LIMIT", "timeInForce": "GTC", "price": str(exact(price))}
    return exchange.engine.place(order_request.read(given, exchange.pairs))


def buy(exchange: Exchange, pair: str, amount: Decimal | float | str, price: float | None = None) -> Order:
    return trade(exchange, pair, BUY, amount, price)


def sell(exchange: Exchange, pair: str, amount: Decimal | float | str, price: float | None = None) -> Order:
    return trade(exchange, pair, SELL, amount, price)


def withdraw(exchange: Exchange, asset: str, amount: Decimal | float | str) -> None:
    """Take coins out of the account without an order. What open orders hold stays."""
    exchange.engine.withdraw(asset, exact(amount))


def cancel(exchange: Exchange, order_id: int) -> Order:
    """Cancel an order, whoever's it is; return what is told of it. Raises `Refusal` if it is not open."""
    return exchange.told.order(exchange.engine.cancel(order_id, "web"))


def as_told(exchange: Exchange, order: Order) -> dict:
    """Return how an order stands, as a query would be answered."""
    return answers.queried(exchange.told.order(order))
