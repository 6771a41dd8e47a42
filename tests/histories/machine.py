"""Walk a bot through random histories: hypothesis chooses the steps, and makes a history that fails short.

Each example is one history (`history.History`). Its last step is always to let everything settle, to leave
every trade, and to settle again.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from appliance.bot.orders.fault_points import Point
from tests.exchange_server.fixture import BinanceServer
from tests.histories.crashes import ANSWERED, ANY_POINT, SENT
from tests.histories.history import PAIRS, History, Setup, an_exchange

FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where histories keep their files: in memory, as some thousands of them write often."""
GROUPS = frozenset({"faults", "late", "kills", "hand", "others"})
"""What may befall the bot: lost and doubled answers; fills told late; kills; what the user does with the
coins by hand; orders that others cancel."""
MOMENTS = st.one_of(st.sampled_from([ANY_POINT, SENT, ANSWERED]), st.sampled_from([p.value for p in Point]))
SHARES = st.sampled_from([0.5, 1.0, 0.25, 0.9])
WHICH = st.integers(0, 2)
LATENESS = st.sampled_from([5.0, 20.0, 60.0])
SECONDS = st.sampled_from([0.0, 1.0, 12.0, 40.0, 70.0])
METHODS = st.sampled_from(["POST", "DELETE"])


@contextmanager
def machine(groups: Iterable[str] = GROUPS) -> Iterator[type["OrderMachine"]]:
    """Give a class of machines with an event loop and an exchange of its own."""

    class Machine(OrderMachine):
        pass

    Machine.groups = frozenset(groups)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        Machine.runner, Machine.server = runner, runner.run(an_exchange())
        try:
            yield Machine
        finally:
            runner.run(Machine.server.close())


def of(group: str) -> Any:
    """Let a rule apply only where its group is wanted."""
    return precondition(lambda machine: group in machine.groups)


has_trades = precondition(lambda machine: bool(machine.history.trades))
has_orders = precondition(lambda machine: bool(machine.history.open_orders))
has_room = precondition(lambda machine: machine.history.awaited_faults < 3)
"""More would only come after each other."""


class OrderMachine(RuleBasedStateMachine):
    """Be one history; `machine` makes the class complete. `groups` may be fewer; `histories` counts."""

    groups = GROUPS
    histories = 0
    runner: asyncio.Runner | None = None
    server: BinanceServer | None = None

    def __init__(self) -> None:
        super().__init__()
        self.history: History | None = None
        self.failed = False
        self.folder = Path(tempfile.mkdtemp(prefix="history-", dir=FOLDER))

    def do(self, step: Coroutine[Any, Any, None]) -> None:
        try:
            self.runner.run(step)
        except BaseException:
            self.failed = True
            raise

    async def calmly(self, what: Any) -> None:
        what()

    def at(self, what: Any) -> None:
        """Let something befall the bot; within the event loop, as the exchange's listeners want it."""
        self.do(self.calmly(what))

    @initialize(
        stops=st.booleans(),
        commission=st.sampled_from(["received", "BNB", "quote", "base"]),
        pieces=st.sampled_from([1, 3]),
        late_balances=st.booleans(),
        answer=st.sampled_from(["", "ACK"]),
        pair=st.sampled_from(PAIRS),
        rests=st.booleans(),
    )
    def begin(self, pair: str, rests: bool, **choices: Any) -> None:
        """Set exchange and bot up, and enter."""
        type(self).histories += 1
        self.history = History(self.folder, Setup(**choices), self.server)
        self.do(self.history.begin())
        self.do(self.history.enter(pair, rests=rests))

    # -- what the bot is asked -------------------------------------------------------------------------

    @rule(
        pair=st.sampled_from(PAIRS),
        rests=st.booleans(),
        stake=st.sampled_from([100.0, 37.3]),
        times=st.integers(1, 3),
    )
    def enter(self, pair: str, rests: bool, stake: float, times: int) -> None:
        """Enter, or add to the trade that there is; some times in a row."""
        for _ in range(times):
            self.do(self.history.enter(pair, rests=rests, stake=stake))

    @has_trades
    @rule(which=WHICH, share=SHARES, rests=st.booleans())
    def exit(self, which: int, share: float, rests: bool) -> None:
        self.do(self.history.exit(which, share=share, rests=rests))

    @has_orders
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        self.do(self.history.cancel(which))

    @rule(times=st.integers(1, 3), seconds=SECONDS)
    def cycle(self, times: int, seconds: float) -> None:
        """Let the bot look around, and time pass before."""
        self.at(lambda: self.history.pass_time(seconds))
        self.do(self.history.cycle(times))

    # -- what befalls it -------------------------------------------------------------------------------

    @has_orders
    @rule(which=WHICH, share=SHARES)
    def fill(self, which: int, share: float) -> None:
        self.at(lambda: self.history.fill(which, share))

    @of("late")
    @has_orders
    @rule(which=WHICH, share=SHARES, late=LATENESS)
    def fill_told_late(self, which: int, share: float, late: float) -> None:
        self.at(lambda: self.history.fill(which, share, late))

    @of("late")
    @has_room
    @rule(share=SHARES, seconds=LATENESS)
    def next_cancel_hides_a_fill(self, share: float, seconds: float) -> None:
        self.at(lambda: self.history.befall("filled_late", "DELETE", share=share, seconds=seconds))

    @of("late")
    @has_room
    @rule(share=st.sampled_from([0.0, 0.5]), seconds=LATENESS)
    def next_order_is_understated(self, share: float, seconds: float) -> None:
        self.at(lambda: self.history.befall("understated", "POST", share=share, seconds=seconds))

    @of("late")
    @has_room
    @rule(seconds=st.sampled_from([2.0, 20.0]))
    def next_order_is_lost_and_unseen(self, seconds: float) -> None:
        self.at(lambda: self.history.befall("unseen", "POST", accepted=True, seconds=seconds))

    @of("faults")
    @has_room
    @rule(method=METHODS, accepted=st.booleans(), kind=st.sampled_from(["reset", "error", "cut_off"]))
    def next_answer_is_lost(self, method: str, accepted: bool, kind: str) -> None:
        self.at(lambda: self.history.befall(kind, method, accepted=accepted))

    @of("faults")
    @has_room
    @rule(method=METHODS)
    def next_request_arrives_twice(self, method: str) -> None:
        self.at(lambda: self.history.befall("repeated", method))

    @of("faults")
    @has_room
    @rule(kind=st.sampled_from(["error", "forgotten"]))
    def next_question_fails(self, kind: str) -> None:
        self.at(lambda: self.history.befall(kind, "GET"))

    @of("faults")
    @has_room
    @rule(share=SHARES)
    def next_cancel_comes_after_a_fill(self, share: float) -> None:
        self.at(lambda: self.history.befall("filled_first", "DELETE", share=share))

    @of("others")
    @has_orders
    @rule(which=WHICH, expires=st.booleans())
    def others_cancel(self, which: int, expires: bool) -> None:
        self.at(lambda: self.history.cancel_by_others(which, expires=expires))

    @of("hand")
    @has_trades
    @rule(which=WHICH, share=SHARES)
    def user_sells(self, which: int, share: float) -> None:
        self.at(lambda: self.history.trade_by_hand(which, share))

    @of("hand")
    @has_trades
    @rule(which=WHICH, share=SHARES)
    def user_withdraws(self, which: int, share: float) -> None:
        self.at(lambda: self.history.withdraw(which, share))

    @of("kills")
    @rule(moment=MOMENTS, times=st.integers(1, 6))
    def power_will_be_cut(self, moment: str, times: int) -> None:
        self.at(lambda: self.history.kill(moment, times))

    # -- what must hold --------------------------------------------------------------------------------

    @rule(first=st.sampled_from(["settle", "restart"]))
    def lull(self, first: str) -> None:
        """Start the bot again, or let everything come to rest and compare."""
        self.do(self.history.settle() if first == "settle" else self.history.restart())

    @invariant()
    def is_safe(self) -> None:
        if not self.failed and self.history is not None:
            self.at(self.history.check_safe)

    def teardown(self) -> None:
        try:
            if self.history is not None and not self.failed:
                self.do(self.history.settle())
                self.do(self.history.exit_all())
        finally:
            if self.history is not None:
                self.runner.run(self.history.end())
            shutil.rmtree(self.folder, ignore_errors=True)
