"""Say what goes wrong, how often and when. The same rules and requests give the same faults."""

import random
import time
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

Kind = Literal[
    "reset",
    "silence",
    "error",
    "gibberish",
    "cut_off",
    "empty",
    "wrong_shape",
    "slow",
    "stalled",
    "late",
    "limited",
    "banned",
    "skew",
    "doubled",
    "repeated",
    "filled_first",
    "filled_late",
    "understated",
    "unseen",
    "forgotten",
    "stale",
    "maintenance",
]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule.

    | kind | what the client sees |
    | --- | --- |
    | reset | the connection breaks instead of an answer |
    | silence | no answer for `seconds`, then the connection breaks |
    | error | HTTP `status` (503), with `code` and `message` as JSON where `code` is given, else with HTML |
    | gibberish, cut_off, empty, wrong_shape | an answer of status 200 that is no answer |
    | slow, stalled | the answer comes `seconds` late; it was carried out at the beginning, or at the end |
    | late | a reset at once; carried out `seconds` later, if it is still within its recvWindow |
    | limited, banned | 429 or 418, -1003, `Retry-After` of `seconds` |
    | skew | for this request the exchange's clock is `seconds` ahead (behind, if below 0) |
    | doubled | the answer comes twice on the wire |
    | repeated | the request arrives twice; the answer is that to the second |
    | filled_first | a cancel comes after `share` of the order's rest was filled |
    | filled_late | as filled_first, but those fills are told only `seconds` after the cancel was answered |
    | understated | of a new order at most `share` of its fills is told at first, the rest `seconds` later |
    | unseen | carried out, but queries do not find the order for `seconds` |
    | forgotten | a question for an order is answered by -2013, there is no such order |
    | stale | candles as they were `seconds` ago |
    | maintenance | 503, -1016 |
    """

    kind: Kind
    path: str = "*"
    """Which paths, as a pattern: `/api/v3/order`, `*/klines`, `*`."""
    method: str = "*"
    accepted: bool = False
    """Whether the request is carried out all the same (reset to wrong_shape); what befalls an order besides
    (filled_first to unseen): whether the answer is lost, too."""
    probability: float = 1.0
    skip: int = 0
    times: int | None = None
    """Let so many matching requests pass first; strike at most so often."""
    from_s: float = 0.0
    until_s: float | None = None
    """When the rule holds, in seconds since it was given."""
    seconds: float = 1.0
    share: float = 1.0
    status: int = 503
    code: int | None = None
    message: str = "Internal error; unable to process your request. Please try again."


class Struck(msgspec.Struct, frozen=True):
    """A fault that happened: when (seconds since the first rule), to what."""

    at_s: float
    kind: str
    accepted: bool
    method: str
    path: str
    client_order_id: str | None


class _Rule:
    def __init__(self, fault: Fault, seed: int, number: int, now: float) -> None:
        self.fault, self._since = fault, now
        self._random = random.Random(f"{seed}:{number}")
        self._passed = self.times_struck = 0

    def strikes(self, method: str, path: str, now: float) -> bool:
        fault = self.fault
        if fault.method not in ("*", method) or not fnmatchcase(path, fault.path):
            return False
        if not self.holds(now) or self.times_struck == fault.times:
            return False
        self._passed += 1
        if self._passed <= fault.skip or self._random.random() >= fault.probability:
            return False
        self.times_struck += 1
        return True

    def holds(self, now: float) -> bool:
        age = now - self._since
        return self.fault.from_s <= age and (self.fault.until_s is None or age < self.fault.until_s)


class Faults:
    """Hold the rules; the first that strikes is what happens to a request."""

    def __init__(
        self, faults: Iterable[Fault] = (), *, seed: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seed, self._clock = seed, clock
        self._began = clock()
        self._rules: list[_Rule] = []
        self._given = 0
        self.struck: list[Struck] = []
        self.add(*faults)

    def add(self, *faults: Fault) -> None:
        for fault in faults:
            self._rules.append(_Rule(fault, self._seed, self._given, self._clock()))
            self._given += 1

    def clear(self) -> None:
        """Forget all rules. What happened stays in `struck`."""
        self._rules.clear()

    @property
    def rules(self) -> list[Fault]:
        return [rule.fault for rule in self._rules]

    @property
    def awaited(self) -> int:
        """How many of the rules, if each is to strike once, wait for a request."""
        return len(self._rules) - sum(rule.times_struck for rule in self._rules)

    def strike(self, method: str, path: str, client_order_id: str | None = None) -> Fault | None:
        """Return what happens to this request, if anything."""
        now = self._clock()
        for rule in self._rules:
            if rule.strikes(method, path, now):
                fault = rule.fault
                at_s = now - self._began
                accepted = fault.accepted or fault.kind not in _INSTEAD
                self.struck.append(Struck(at_s, fault.kind, accepted, method, path, client_order_id))
                return fault
        return None

    def is_outage(self, path: str) -> bool:
        """Tell whether nothing at all gets through to this path at present."""
        now = self._clock()
        return any(
            rule.holds(now)
            and rule.fault.kind == "reset"
            and rule.fault.probability >= 1
            and fnmatchcase(path, rule.fault.path)
            and rule.fault.times is None
            for rule in self._rules
        )


_INSTEAD = (
    "reset",
    "silence",
    "error",
    "gibberish",
    "cut_off",
    "empty",
    "wrong_shape",
    "limited",
    "banned",
    "maintenance",
    "forgotten",
)
"""Kinds that keep a request from being carried out, unless the rule says otherwise."""


def outage(seconds: float, after: float = 0.0) -> Fault:
    """Return a rule under which nothing gets through for a while."""
    return Fault(kind="reset", from_s=after, until_s=after + seconds)


_TIMED_OUT = {"status": 504, "code": -1007, "message": "Timeout waiting for response from backend server."}


def storm(outage_after: float | None = 240.0, outage_for: float = 60.0) -> list[Fault]:
    """Return the weather in which no order may be lost: the rules of the fault run."""
    order, everything = "/api/v3/order", "/api/*"
    calm = [] if outage_after is None else [outage(outage_for, outage_after)]
    return [
        *calm,
        Fault(kind="reset", path=order, method="POST", accepted=True, probability=0.2),
        Fault(kind="silence", path=order, method="DELETE", accepted=True, probability=0.1, seconds=15),
        Fault(kind="reset", path=order, method="DELETE", accepted=True, probability=0.11),
        Fault(kind="filled_first", path=order, method="DELETE", probability=0.1),
        Fault(kind="filled_first", path=order, method="DELETE", probability=0.1, share=0.5),
        Fault(kind="unseen", path=order, method="POST", probability=0.05, seconds=2),
        Fault(kind="late", path=order, method="POST", probability=0.03, seconds=2),
        Fault(kind="error", path=order, method="POST", accepted=True, probability=0.04),
        Fault(kind="error", path=order, method="POST", accepted=True, probability=0.02, **_TIMED_OUT),
        Fault(kind="cut_off", path=order, method="POST", accepted=True, probability=0.02),
        Fault(kind="error", path=everything, probability=0.1),
        Fault(kind="limited", path=everything, probability=0.02, seconds=1),
        Fault(kind="banned", path=everything, probability=0.002, seconds=2),
        Fault(kind="maintenance", path=everything, probability=0.005),
        Fault(kind="skew", path=everything, probability=0.02, seconds=-30),
        Fault(kind="gibberish", path=everything, accepted=True, probability=0.02),
        Fault(kind="empty", path=everything, accepted=True, probability=0.01),
        Fault(kind="doubled", path=everything, probability=0.01),
        Fault(kind="stale", path="*/klines", probability=0.02, seconds=60),
    ]
