"""Rules say when faults strike, and do so the same in every run."""

import msgspec
import pytest

from tests.exchange_server.faults import Fault, Faults, outage, storm


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def strikes(faults: Faults, count: int, method: str = "GET", path: str = "/api/v3/order") -> list[bool]:
    return [faults.strike(method, path) is not None for _ in range(count)]


def test_paths_and_methods_are_matched():
    faults = Faults([Fault(kind="reset", path="*/order", method="POST")])
    assert strikes(faults, 1, "POST") == [True]
    assert strikes(faults, 1, "DELETE") == [False]
    assert strikes(faults, 1, "POST", "/api/v3/depth") == [False]


def test_some_may_pass_first_and_strikes_are_counted():
    assert strikes(Faults([Fault(kind="reset", skip=2, times=1)]), 5) == [False, False, True, False, False]


def test_chance_is_the_same_in_every_run():
    rule = Fault(kind="reset", probability=0.2)
    first, again = (strikes(Faults([rule], seed=7), 500) for _ in range(2))
    assert first == again
    assert 70 < sum(first) < 130
    assert strikes(Faults([rule], seed=8), 500) != first


def test_rules_hold_for_their_time():
    clock = Time()
    faults = Faults([outage(60, after=10)], clock=clock)
    held = []
    for clock.now in (100, 109, 110, 169, 170):
        held.append((strikes(faults, 1)[0], faults.is_outage("/api/v3/time")))
    assert held == [(False, False), (False, False), (True, True), (True, True), (False, False)]


def test_the_first_rule_that_strikes_is_it():
    faults = Faults([Fault(kind="limited", times=1), Fault(kind="error")])
    assert [faults.strike("GET", "/").kind for _ in range(2)] == ["limited", "error"]


def test_what_happened_stays_after_the_rules_are_gone():
    faults = Faults([Fault(kind="unseen")])
    faults.strike("POST", "/api/v3/order", "mine")
    faults.clear()
    [struck] = faults.struck
    assert (struck.kind, struck.accepted, struck.client_order_id) == ("unseen", True, "mine")
    assert strikes(faults, 1) == [False]


@pytest.mark.parametrize(
    "wrong", ['[{"kind": "flood"}]', '[{"kind": "reset", "oftn": 1}]', '[{"path": "*"}]']
)
def test_wrong_rules_are_refused(wrong: str):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(wrong, type=list[Fault])


def test_the_storm_can_be_recorded():
    written = msgspec.json.encode(storm())
    assert msgspec.json.decode(written, type=list[Fault]) == storm()
