"""How the start stands: what is told of it, and when it counts as stuck."""

import pytest

from appliance.bot.startup import Startup, Step


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("step", Step)
def test_a_step_that_takes_too_long_is_stuck_until_the_next_starts(clock, step):
    startup = Startup(clock)
    startup.begin(step)
    clock.now = step.value[1]
    assert startup.stuck is None
    clock.now += 1
    assert startup.stuck.startswith(f"the start is stuck: {step.value[0]} takes ")
    assert startup.trouble() == startup.stuck
    startup.begin(Step.BOOKS)
    assert startup.stuck is None


def test_waiting_for_the_exchange_is_progress_however_long(clock):
    startup = Startup(clock, open_trades=2)
    for _ in range(100):
        startup.begin(Step.EXCHANGE)
        clock.now += 10
        startup.wait_for("binance did not answer in time.", 60)
        assert startup.stuck is None
        clock.now += 60
    assert startup.trouble() == (
        "the bot waits for the exchange and tries again by itself (for 116 min, 100 attempts, trying now)"
    )


def test_it_says_for_how_long_how_often_and_when_next(clock):
    startup = Startup(clock, open_trades=1)
    assert startup.trouble() == "the bot is starting"
    startup.wait_for("binance cannot be reached", 5)
    clock.now = 2
    said = "the bot waits for the exchange and tries again by itself (for 2 s, 1 attempt, next in 3 s)"
    assert startup.trouble() == said
    assert startup.description() == (
        f"The exchange cannot be reached; {said.replace('the bot waits for the exchange', 'the bot waits')}."
        " Last error: binance cannot be reached. Until then 1 open trade is not looked after."
    )


def test_exchange_errors_are_hidden_from_unauthenticated_clients(clock):
    startup = Startup(clock)
    startup.wait_for("https://proxy.example/ refused", 5)
    assert "proxy" not in startup.trouble()
