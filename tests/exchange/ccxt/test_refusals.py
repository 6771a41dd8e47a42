"""Which failures of an order are a certain no, and which leave it unknown."""

import pytest
from ccxt.base import errors as ccxt

from appliance.domain import errors
from appliance.exchange.ccxt.refusals import broken_order, failed_order
from appliance.exchange.ccxt.transport import RequestRecord


def answered(status: int | None, method: str = "POST", headers: dict | None = None) -> RequestRecord:
    return RequestRecord(may_have_arrived=True, method=method, status=status, headers=headers or {})


UNKNOWN = [
    ccxt.RequestTimeout("x POST"),
    ccxt.NetworkError("x"),
    ccxt.ExchangeNotAvailable("x 503"),
    ccxt.OnMaintenance("x"),
    ccxt.OperationFailed("x"),
    ccxt.BadResponse("x"),
    ccxt.NullResponse("x"),
    ccxt.CancelPending("x"),
    ccxt.ExchangeError("x something that ccxt has no name for"),
    ccxt.DuplicateOrderId("x"),
    ccxt.InvalidOrder('x {"code":-2010,"msg":"Duplicate order sent."}'),
    ccxt.InvalidOrder("x Client order ID already exists"),
    ccxt.OrderNotFound("x"),
    ccxt.OrderNotCached("x"),
    ccxt.ChecksumError("x"),
]


@pytest.mark.parametrize("error", UNKNOWN, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("status", [200, 400, 503, None])
def test_what_leaves_an_order_unknown(error: Exception, status: int | None):
    assert type(failed_order(error, "x", [], answered(status))) is errors.TemporaryExchangeError


CERTAIN = [
    (ccxt.InsufficientFunds("x"), errors.InsufficientFunds),
    (ccxt.InvalidOrder("x"), errors.InvalidOrder),
    (ccxt.OrderImmediatelyFillable("x"), errors.InvalidOrder),
    (ccxt.BadRequest("x"), errors.InvalidOrder),
    (ccxt.BadSymbol("x"), errors.InvalidOrder),
    (ccxt.ArgumentsRequired("x"), errors.InvalidOrder),
    (ccxt.NotSupported("x"), errors.InvalidOrder),
    (ccxt.MarketClosed("x"), errors.InvalidOrder),
    (ccxt.AuthenticationError("x"), errors.OrderNotTaken),
    (ccxt.PermissionDenied("x"), errors.OrderNotTaken),
    (ccxt.InvalidNonce("x"), errors.OrderNotTaken),
    (ccxt.RateLimitExceeded("x"), errors.RateLimited),
    (ccxt.DDoSProtection("x"), errors.RateLimited),
]


@pytest.mark.parametrize(("error", "told"), CERTAIN, ids=lambda each: getattr(type(each), "__name__", ""))
def test_what_is_a_certain_no(error: Exception, told: type[Exception]):
    assert type(failed_order(error, "x", [], answered(400))) is told
    assert type(failed_order(error, "x", [], answered(200))) is told


@pytest.mark.parametrize("error", [error for error, _ in CERTAIN], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("wire", [answered(500), answered(503), answered(None), answered(400, "GET")])
def test_a_no_counts_only_as_the_exchanges_own_answer_to_the_order(error: Exception, wire: RequestRecord):
    """A status from 500 leaves it open; so does a question that followed the order within ccxt."""
    assert type(failed_order(error, "x", [], wire)) is errors.TemporaryExchangeError


@pytest.mark.parametrize("error", UNKNOWN, ids=lambda error: type(error).__name__)
def test_what_never_left_does_not_exist(error: Exception):
    assert isinstance(failed_order(error, "x", [], RequestRecord()), errors.InvalidOrder)


def test_the_wait_that_is_requested_is_reported():
    wire = answered(429, headers={"retry-After": "7"})
    assert failed_order(ccxt.RateLimitExceeded("x"), "x", [], wire).retry_after == 7


def test_what_ccxt_stumbles_over():
    error = TypeError("argument my-secret")
    assert type(broken_order(error, "x", ["my-secret"], RequestRecord())) is errors.OrderNotTaken
    told = broken_order(error, "x", ["my-secret"], answered(200))
    assert type(told) is errors.TemporaryExchangeError
    assert "my-secret" not in str(told)
