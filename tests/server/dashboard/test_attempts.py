"""Guessing by one address is slowed down; other addresses are not, and memory stays bounded."""

from appliance.server.dashboard.attempts import MOST, REMEMBERED, WITHIN, Attempts


def test_a_few_failures_cost_nothing() -> None:
    attempts = Attempts()
    for _ in range(MOST - 1):
        attempts.failed("a", 0)
    assert attempts.wait("a", 0) == 0


def test_too_many_failures_make_that_address_wait() -> None:
    attempts = Attempts()
    for second in range(MOST):
        attempts.failed("a", second)
    assert attempts.wait("a", 10) == WITHIN - 10
    assert attempts.wait("a", WITHIN) == 0
    assert attempts.wait("b", 10) == 0


def test_a_success_forgives() -> None:
    attempts = Attempts()
    for _ in range(MOST):
        attempts.failed("a", 0)
    attempts.succeeded("a")
    assert attempts.wait("a", 0) == 0


def test_many_addresses_do_not_fill_the_memory() -> None:
    attempts = Attempts()
    for number in range(REMEMBERED + 100):
        attempts.failed(str(number), 0)
    assert len(attempts._failed) == REMEMBERED
