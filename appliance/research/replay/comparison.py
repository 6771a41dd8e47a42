"""Define what a comparison comes to: all trades with their reasons, counted and added up."""

from datetime import datetime

import msgspec

from appliance.research.replay.terms import Cause, Compared


class CauseTotal(msgspec.Struct, frozen=True, kw_only=True):
    """Count the trades that differ first of all by a cause; `profit_difference` in stake currency."""

    cause: Cause
    meaning: str
    trades: int
    profit_difference: float


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Count trades: of both sides, matched, the same; and those of which no cause is known."""

    live: int
    tested: int
    matched: int
    same: int
    only_live: int
    only_tested: int
    unexplained: int
    live_profit: float
    tested_profit: float


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the result. Profits in stake currency, dates UTC; `notes` are sentences about all of it."""

    strategy: str
    timeframe: str
    stake_currency: str
    first: datetime
    last: datetime
    totals: Totals
    causes: list[CauseTotal]
    trades: list[Compared]
    notes: list[str] = []
