"""A clock that jumps: the bot's time goes on, requests are signed for the exchange's time."""

from appliance.exchange import steady_clock
from appliance.exchange.steady_clock import SteadyClock
from tests.support.live_gateway import place

HOUR = 3_600_000


class Machine:
    """A machine whose clock a test sets."""

    def __init__(self) -> None:
        self.day, self.passed = 1_750_000_000_000, 500

    def wait(self, milliseconds: int) -> None:
        self.day += milliseconds
        self.passed += milliseconds

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.day, lambda: self.passed)


def test_it_continues_whatever_the_machines_clock_is_set_to():
    machine = Machine()
    clock, began = machine.clock(), machine.day
    for jump in (HOUR, -2 * HOUR):
        machine.day += jump
        assert clock() == began
    machine.wait(1500)
    assert clock() == began + 1500


def test_it_is_set_by_what_is_ahead_of_the_machine():
    machine = Machine()
    clock = machine.clock()
    machine.day += HOUR
    clock.set(ahead_ms=-HOUR)
    assert clock() == machine.day - HOUR
    clock.put_ahead(250)
    assert clock() == machine.day - HOUR + 250


def test_the_real_clock_starts_with_the_time_of_day_and_advances():
    before = steady_clock.wall_ms()
    clock = SteadyClock()
    assert before <= clock() <= steady_clock.wall_ms() + 1000


async def test_orders_are_signed_in_time_after_the_machines_clock_has_jumped(live_binance, binance_server):
    """The gateway's clock stands for the machine's: ccxt asks no other."""
    for jump in (HOUR, -HOUR, -HOUR):
        binance_server.put_clock_ahead(jump)
        await live_binance.fetch_balances()
        order = await place(live_binance)
        assert order.is_open
        assert abs(live_binance.now_ms() - binance_server.clock()) < 5_000
    assert len(binance_server.ledger.orders) == 3
