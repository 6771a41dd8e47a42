"""Write orders, trades and the account as Binance's answers do."""

from tests.exchange_server.dialect import decimal
from tests.exchange_server.engine.delayed_reports import DelayedReports
from tests.exchange_server.engine.ledger import Fill, Ledger
from tests.exchange_server.engine.money import ZERO
from tests.exchange_server.engine.order_request import ACK, FULL
from tests.exchange_server.engine.orders import STOPS, Order
from tests.exchange_server.settings import ServerSettings


def placed(order: Order, fills: list[Fill], answer: str) -> dict:
    """Answer a new order: ACK says that it was taken, RESULT how it stands, FULL with which trades."""
    told = {
        "symbol": order.symbol,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "transactTime": order.update_time,
    }
    if answer == ACK:
        return told
    told |= {**_standing(order), **_working(order), "selfTradePreventionMode": "NONE"}
    if answer == FULL:
        told["fills"] = [_fill(fill) for fill in fills]
    return told


def cancelled(order: Order, cancel_id: str) -> dict:
    """Answer a cancel. `clientOrderId` is the cancel's own, as Binance has it."""
    return {
        "symbol": order.symbol,
        "origClientOrderId": order.client_id,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": cancel_id,
        "transactTime": order.update_time,
        **_standing(order),
        "selfTradePreventionMode": "NONE",
    }


def queried(order: Order) -> dict:
    """Answer how an order stands."""
    return {
        "symbol": order.symbol,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        **_standing(order),
        "stopPrice": decimal(order.stop_price),
        "icebergQty": decimal(ZERO),
        "time": order.time,
        "updateTime": order.update_time,
        "isWorking": order.is_working,
        **_working(order),
        "selfTradePreventionMode": "NONE",
    }


def trade(fill: Fill) -> dict:
    return {
        "symbol": fill.symbol,
        "id": fill.id,
        "orderId": fill.order_id,
        "orderListId": -1,
        "price": decimal(fill.price),
        "qty": decimal(fill.quantity),
        "quoteQty": decimal(fill.cost),
        "commission": decimal(fill.commission),
        "commissionAsset": fill.commission_asset,
        "time": fill.time,
        "isBuyer": fill.side == "BUY",
        "isMaker": fill.maker,
        "isBestMatch": True,
    }


def account(
    ledger: Ledger,
    told: DelayedReports,
    assets: list[str],
    settings: ServerSettings,
    now_ms: int,
    omit_zero: bool = False,
) -> dict:
    rates = {"maker": settings.maker, "taker": settings.taker, "buyer": ZERO, "seller": ZERO}
    return {
        "makerCommission": int(settings.maker * 10_000),
        "takerCommission": int(settings.taker * 10_000),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {kind: decimal(rate) for kind, rate in rates.items()},
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": ledger.transfers[-1].time if ledger.transfers else now_ms,
        "accountType": "SPOT",
        "balances": [
            {
                "asset": asset,
                "free": decimal(told.free(asset)),
                "locked": decimal(told.locked(asset)),
            }
            for asset in assets
            if not omit_zero or told.free(asset) or told.locked(asset)
        ],
        "permissions": ["SPOT"],
        "uid": 354_937_868,
    }


def _standing(order: Order) -> dict:
    told = {
        "price": decimal(order.price),
        "origQty": decimal(order.quantity),
        "executedQty": decimal(order.executed),
        "origQuoteOrderQty": decimal(order.quote_quantity),
        "cummulativeQuoteQty": decimal(order.quote_executed),
        "status": order.status,
        "timeInForce": order.time_in_force,
        "type": order.type,
        "side": order.side,
    }
    if order.type in STOPS:
        told["stopPrice"] = decimal(order.stop_price)
    if order.expiry_reason:
        told["expiryReason"] = order.expiry_reason
    return told


def _working(order: Order) -> dict:
    return {"workingTime": order.working_time}


def _fill(fill: Fill) -> dict:
    return {
        "price": decimal(fill.price),
        "qty": decimal(fill.quantity),
        "commission": decimal(fill.commission),
        "commissionAsset": fill.commission_asset,
        "tradeId": fill.id,
    }
