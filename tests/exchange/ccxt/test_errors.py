"""What ccxt raises, told in this program's words."""

from datetime import UTC, datetime, timedelta

import pytest
from ccxt.base import errors as ccxt

from appliance.domain import errors
from appliance.exchange.ccxt.errors import AccessRefused, scrubbed, translated


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (ccxt.RateLimitExceeded("kraken 429"), errors.RateLimited),
        (ccxt.DDoSProtection("kraken 418"), errors.RateLimited),
        (ccxt.RequestTimeout("kraken GET /x"), errors.TemporaryExchangeError),
        (ccxt.OnMaintenance("kraken down"), errors.TemporaryExchangeError),
        (ccxt.NullResponse("kraken nothing"), errors.TemporaryExchangeError),
        (ccxt.BadSymbol("kraken XYZ"), errors.PairNotFound),
        (ccxt.InsufficientFunds("kraken poor"), errors.InsufficientFunds),
        (ccxt.OrderNotFound("kraken 1"), errors.OrderNotFound),
        (ccxt.OrderImmediatelyFillable("kraken 1"), errors.InvalidOrder),
        (ccxt.AuthenticationError("kraken key"), AccessRefused),
        (ccxt.NotSupported("kraken no"), errors.ExchangeError),
    ],
)
def test_every_kind_has_its_counterpart(raised: Exception, told: type[Exception]):
    assert type(translated(raised, "kraken", [])) is told


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        (None, None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("soon", None),
    ],
)
def test_the_wait_that_is_requested(header: str | None, seconds: float | None):
    assert translated(ccxt.RateLimitExceeded("x"), "kraken", [], header).retry_after == seconds


def test_a_date_to_wait_for():
    header = (datetime.now(UTC) + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    waiting = translated(ccxt.RateLimitExceeded("x"), "kraken", [], header).retry_after
    assert 3_000 < waiting <= 3_600


def test_secrets_and_queries_are_cut_out():
    error = ccxt.ExchangeNotAvailable(
        "kraken GET https://api.kraken.com/0/x?apiKey=abc123&sig=f00 abc123\n<html>"
    )
    text = str(translated(error, "kraken", ["abc123"]))
    assert text == "kraken cannot be reached: GET https://api.kraken.com/0/x *** <html>"


def test_long_answers_are_cut_short():
    assert len(scrubbed("word " * 1000, [])) == 300


def test_what_a_broken_exchange_says_is_temporary_whatever_it_says():
    told = translated(ccxt.BadRequest("x -1016"), "x", [], status=503)
    assert type(told) is errors.TemporaryExchangeError
