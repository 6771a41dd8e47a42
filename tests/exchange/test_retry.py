"""Asking again: how often, how long between, and for what."""

import pytest

from appliance.domain.errors import ExchangeError, PairNotFound, RateLimited, TemporaryExchangeError
from appliance.exchange.retry import RetryPolicy, retried

QUICK = RetryPolicy(attempts=3, first_delay=0.0)


class Exchange:
    """Fail a number of times, then answer."""

    def __init__(self, failures: list[ExchangeError]) -> None:
        self.failures, self.asked = failures, 0

    async def answer(self) -> str:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


async def test_what_cannot_get_better_is_reported_at_once():
    exchange = Exchange([PairNotFound("no such pair")])
    with pytest.raises(PairNotFound):
        await retried(exchange.answer, QUICK)
    assert exchange.asked == 1


async def test_the_last_failure_is_reported_when_patience_ends():
    exchange = Exchange([TemporaryExchangeError(str(number)) for number in range(3)])
    with pytest.raises(TemporaryExchangeError, match="2"):
        await retried(exchange.answer, QUICK)


async def test_it_gets_its_answer_in_the_end():
    exchange = Exchange([TemporaryExchangeError("down"), RateLimited("slower")])
    assert await retried(exchange.answer, QUICK) == "answer"
    assert exchange.asked == 3


def test_waits_double_and_an_exchange_may_set_its_own():
    patience = RetryPolicy(first_delay=1.0, longest_delay=30.0)
    down = TemporaryExchangeError("down")
    assert 0.8 <= patience.delay(1, down) <= 1.2
    assert 3.2 <= patience.delay(3, down) <= 4.8
    assert patience.delay(10, down) == 30.0
    assert patience.delay(1, RateLimited("slower", retry_after=7.0)) == 7.0
    assert patience.delay(1, RateLimited("slower", retry_after=3600.0)) == 30.0
