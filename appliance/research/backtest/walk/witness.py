"""Hear why a walk decides as it does; nobody listens unless a candle is to be explained."""

from typing import Protocol

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import Fact
from appliance.research.backtest.walk.candle import Candle


class Witness(Protocol):
    """Receive each step of the decisions about a candle, as it is decided."""

    def note(self, candle: Candle, kind: Kind, facts: tuple[Fact, ...]) -> None: ...
