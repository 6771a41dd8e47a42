"""Say in figures and words what an entry or exit would be, before it is commanded.

Money in stake currency, rates in quote currency, amounts in base currency, ratios 0.01 for one percent.
"""

import msgspec

from appliance.domain.enums import OrderKind
from appliance.domain.profit import Profit, opening_value
from appliance.domain.trade import Trade
from appliance.rules.entry_plan import EntryPlan

FAR = 0.03
"""A limit order this far (ratio) on the wrong side of the market will hardly fill soon."""
CROSSING = 0.003
"""A limit order this far (ratio) beyond the market fills at once, and was perhaps mistyped."""
MUCH = 0.05
"""A loss of more than this ratio of the capital is pointed out."""


class EntryPreview(msgspec.Struct, frozen=True, kw_only=True):
    """State what an entry would be, and cost.

    `refusal` says why it would not be made; then there may be no `plan`. `cost` is what the balance pays; the
    `fee` comes on top, or is taken from the coins bought. `loss` (negative) is what is lost if the stop fills
    at its rate, fees included, and `loss_ratio` that of `capital`, all that the bot may use. `adds_to` is the
    open trade that it would be added to. `open_trades` of `most` (infinite: no limit) are open.
    """

    refusal: str = ""
    warnings: tuple[str, ...] = ()
    plan: EntryPlan | None = None
    present: float | None = None
    worth: float = 0.0
    fee: float = 0.0
    fee_ratio: float = 0.0
    cost: float = 0.0
    stop: float = 0.0
    loss: float = 0.0
    capital: float = 0.0
    adds_to: int | None = None
    open_trades: int = 0
    most: float = 0.0

    @property
    def distance(self) -> float | None:
        """How far the rate is from the present one, as a ratio."""
        return self.plan.price / self.present - 1 if self.plan and self.present else None

    @property
    def stop_distance(self) -> float | None:
        """How far the stop is from the rate, as a ratio."""
        return self.stop / self.plan.price - 1 if self.plan and self.plan.price and self.stop else None

    @property
    def loss_ratio(self) -> float | None:
        return self.loss / self.capital if self.capital > 0 else None


class ExitPreview(msgspec.Struct, frozen=True, kw_only=True):
    """State what an exit would sell (of a short: buy back), and what it would make at `rate`.

    `refusal` says why it would not be made. What depends on the rate is None while that is unknown. `left` of
    the position remains, worth `left_worth`.
    """

    refusal: str = ""
    warnings: tuple[str, ...] = ()
    order_type: OrderKind = "limit"
    amount: float = 0.0
    rate: float | None = None
    present: float | None = None
    worth: float | None = None
    fee: float | None = None
    profit: Profit | None = None
    left: float = 0.0
    left_worth: float | None = None

    @property
    def distance(self) -> float | None:
        """How far the rate is from the present one, as a ratio."""
        return self.rate / self.present - 1 if self.rate and self.present else None


def entry_preview(plan: EntryPlan, trade: Trade, stop: float, **more: object) -> EntryPreview:
    """Return the preview of the trade that `plan` opens, which has its fees; `more` are other fields."""
    worth = plan.amount * plan.price
    fee = worth * trade.fee_open
    trade.amount = plan.amount
    trade.open_trade_value = opening_value(plan.amount, plan.price, trade.fee_open, short=trade.is_short)
    loss = trade.calculate_profit(stop).profit_abs if plan.amount and stop else 0.0
    figures = {
        "plan": plan,
        "worth": worth,
        "fee": fee,
        "fee_ratio": trade.fee_open,
        "cost": worth / plan.leverage,
        "stop": stop,
        "loss": loss,
    }
    return msgspec.structs.replace(EntryPreview(), **figures, **more)


def exit_preview(
    trade: Trade, kind: OrderKind, amount: float, rate: float | None, **more: object
) -> ExitPreview:
    """Return the preview of selling `amount` at `rate`; `more` are other fields."""
    left = trade.amount - amount if amount < trade.amount * (1 - 1e-9) else 0.0
    figures: dict[str, object] = {"order_type": kind, "amount": amount, "rate": rate, "left": left}
    if rate:
        figures |= {
            "worth": amount * rate,
            "fee": amount * rate * (trade.fee_close or 0.0),
            "profit": trade.calculate_profit(rate, amount, trade.open_rate),
            "left_worth": left * rate,
        }
    return msgspec.structs.replace(ExitPreview(), **figures, **more)


def limit_warnings(distance: float, *, buys: bool) -> list[str]:
    """Say what is odd about a limit order that far (ratio) above the present rate."""
    beyond = distance if buys else -distance
    side = "above" if distance > 0 else "below"
    if beyond > CROSSING:
        return [f"The limit is {abs(distance):.1%} {side} the present rate: the order fills at once."]
    if beyond < -FAR:
        return [
            f"The limit is {abs(distance):.1%} {side} the present rate: the order may not fill, and is then "
            "cancelled after the time that unfilledtimeout states."
        ]
    return []


def too_small(plan: EntryPlan) -> str:
    """Say why a plan buys nothing, in figures; empty if it buys something."""
    if not plan.refusal:
        return ""
    wanted = plan.proposed_stake
    if plan.least is not None and wanted < plan.least:
        return f"the stake of {wanted:.8g} is less than {plan.least:.8g}, the least that the exchange takes"
    if plan.least is not None and plan.available < plan.least:
        return f"only {plan.available:.8g} is available, and the exchange takes {plan.least:.8g} at least"
    return plan.refusal
