"""Define what a comparison says: the two sides of a trade, and the reasons why they differ."""

from datetime import datetime
from typing import Literal, get_args

import msgspec

from appliance.domain.trade import Trade

Cause = Literal[
    "manual", "down", "stopped", "paused", "lock", "slot", "held", "time-out", "wallet", "whitelist",
    "candles", "signal", "strategy", "late", "inside candle", "partial fills", "fee", "stake", "slippage",
    "price", "entry", "end", "unknown",
]  # fmt: skip
CAUSES: tuple[Cause, ...] = get_args(Cause)
MEANINGS: dict[Cause, str] = {
    "manual": "a person entered, exited or locked",
    "down": "the bot did not run",
    "stopped": "the bot was stopped",
    "paused": "the bot was paused",
    "lock": "a lock forbade to enter",
    "slot": "max_open_trades was reached",
    "held": "the pair was traded already",
    "time-out": "an order was not filled in time",
    "wallet": "too little money was left",
    "whitelist": "the pair was not on the whitelist",
    "candles": "the stored candles are not those that the bot saw",
    "signal": "the signal depends on how many candles are analysed",
    "strategy": "strategy or settings have changed since",
    "late": "the bot was late",
    "inside candle": "the bot acts within candles, a backtest by whole ones",
    "partial fills": "positions were changed in parts",
    "fee": "another fee was paid",
    "stake": "another stake was put in",
    "slippage": "a market order or stop filled worse than at its rate",
    "price": "the price of the moment was not that of the candle",
    "entry": "it follows from how the trade was entered",
    "end": "the comparison ends",
    "unknown": "nothing that was recorded explains it",
}


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """State why something differs: `about` what, the cause, one sentence, and what proves it."""

    about: Literal["trade", "entry", "exit", "stake", "fee"]
    cause: Cause
    text: str
    evidence: str = ""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """Show one side of a trade. Dates UTC; rates in quote, stake and profit in stake currency.

    `fee` is the ratio that the entry paid. `closed` is None while it is open.
    """

    trade_id: int
    opened: datetime
    open_rate: float
    stake: float
    amount: float
    fee: float
    tag: str | None
    closed: datetime | None
    close_rate: float | None
    exit_reason: str | None
    profit: float | None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Hold one trade: as the bot made it, as the backtest did, and why they differ.

    Where one side is missing, the reasons say why. `profit_difference`: the bot's less the backtest's, in
    stake currency, as far as either is known.
    """

    pair: str
    direction: str
    live: Side | None
    tested: Side | None
    reasons: list[Reason] = []
    profit_difference: float = 0.0

    @property
    def is_same(self) -> bool:
        return not self.reasons

    @property
    def cause(self) -> Cause | None:
        """The most probable cause of the difference; None if there is none."""
        return self.reasons[0].cause if self.reasons else None

    @property
    def at(self) -> datetime:
        """When the trade was opened, on the side that was first."""
        return min(side.opened for side in (self.live, self.tested) if side is not None)


def side_of(trade: Trade, *, is_open: bool | None = None) -> Side:
    """Return what is shown of a trade. `is_open`: a backtest closes at its end what was still open."""
    still_open = trade.is_open if is_open is None else is_open
    exits = [order for order in trade.orders if order.ft_order_side != trade.entry_side and order.safe_filled]
    return Side(
        trade_id=trade.id,
        opened=trade.open_date,
        open_rate=trade.open_rate,
        stake=trade.max_stake_amount or trade.stake_amount,
        amount=trade.amount or trade.amount_requested or sum(order.safe_filled for order in exits),
        fee=trade.fee_open,
        tag=trade.enter_tag,
        closed=None if still_open else trade.close_date,
        close_rate=None if still_open else trade.close_rate,
        exit_reason=None if still_open else trade.exit_reason,
        profit=None if still_open else trade.close_profit_abs,
    )
