"""Plan an entry: its price, leverage, stake and amount, or why it is not made.

Rates in quote currency, stakes in stake currency before leverage, amounts in base currency.
"""

import msgspec

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import Fact
from appliance.domain.enums import OrderKind, TradeDirection
from appliance.domain.futures import Tiers
from appliance.domain.market import Market, OrderRequest
from appliance.domain.money import price_to_tick
from appliance.rules.leverage import largest_leverage, largest_worth
from appliance.rules.pricing import within_distance
from appliance.rules.stake import PositionLimit, allowed_stake, bought_with, stake_limits, worth_of
from appliance.rules.trade_requests import EntryRequest


class EntryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """State what an entry is planned by: market, prices, money and settings.

    `price` and `stake` are those of the request, else what the bot proposes. `tiers` only of futures markets.
    `max_distance`, `stoploss` and `reserve` are ratios: how far a strategy's price may be from the proposed
    one, the loss that the least stake leaves room for, and what it has on top.
    """

    market: Market
    price: float
    stake: float
    available: float
    order_type: OrderKind
    time_in_force: str
    stoploss: float
    reserve: float
    max_distance: float
    tiers: Tiers | None = None


class EntryAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """State what the strategy answered so far; None: it has not been asked, or not yet."""

    price: float | None = None
    leverage: float | None = None
    stake: float | None = None


class EntryPlan(msgspec.Struct, frozen=True, kw_only=True):
    """State an entry order as planned, with the limits that its stake was checked against.

    `wanted_amount` is what the stake is worth, `amount` what of that fits the exchange's lots.
    `proposed_price` and `proposed_stake` are what the strategy was asked about, `wanted_stake` its answer.
    `refusal` says why there is no entry; empty where there is one.
    """

    pair: str
    side: TradeDirection
    tag: str | None
    order_type: OrderKind
    time_in_force: str
    price: float
    leverage: float
    largest_leverage: float
    stake: float
    least: float | None
    largest: float
    available: float
    wanted_amount: float
    amount: float
    proposed_price: float = 0.0
    proposed_stake: float = 0.0
    wanted_stake: float = 0.0
    refusal: str = ""

    @property
    def is_short(self) -> bool:
        return self.side == "short"

    @property
    def order(self) -> OrderRequest:
        """The order that makes the entry."""
        return OrderRequest(
            pair=self.pair,
            side="sell" if self.is_short else "buy",
            order_type=self.order_type,
            amount=self.amount,
            price=self.price,
            leverage=self.leverage,
            tag=self.tag,
            time_in_force=self.time_in_force,
        )

    @property
    def step(self) -> tuple[Kind, tuple[Fact, ...]]:
        """The step of a decision that the plan is, with its facts."""
        if self.refusal:
            limits = (self.wanted_stake, self.least, self.largest, self.available)
            return Kind.NO_STAKE, (self.refusal, *limits)
        own_price = self.proposed_price if self.price != self.proposed_price else None
        own_stake = self.proposed_stake if self.wanted_stake != self.proposed_stake else None
        leverage = self.leverage if self.leverage != 1 else None
        what = (self.side, self.order_type, self.amount, self.price, own_price)
        return Kind.PLANNED, (*what, self.stake, own_stake, self.available, leverage)

    def __str__(self) -> str:
        planned = f"{self.side} {self.pair}: {self.order_type} {self.amount:.8g} at {self.price:.8g}"
        money = f"stake {self.stake:.8g} of {self.available:.8g} available, leverage {self.leverage:g}"
        limits = f"allowed {self.least or 0.0:.8g} to {self.largest:.8g}"
        return f"{planned} ({money}, {limits})" + (f"; not entered: {self.refusal}" if self.refusal else "")


def plan_entry(request: EntryRequest, facts: EntryFacts, answers: EntryAnswers) -> EntryPlan:
    """Return the plan of an entry by what is known, and by the strategy's answers as far as it was asked.

    Raises `Refused` for a stake beyond what the exchange takes for one position.
    """
    market = facts.market
    price = _price(facts, answers)
    most = largest_leverage(facts.tiers, facts.stake) if facts.tiers is not None else 1.0
    leverage = min(max(request.leverage or answers.leverage or 1.0, 1.0), most)
    worth = largest_worth(facts.tiers, leverage) if facts.tiers is not None else None
    position = PositionLimit(leverage, worth)
    least, largest = stake_limits(market, price, facts.stoploss, facts.reserve, position)
    wanted = facts.stake if answers.stake is None else answers.stake
    stake = allowed_stake(
        wanted,
        least=least,
        largest=largest,
        available=facts.available,
    )
    amount = bought_with(stake, price, leverage, market) if price > 0 else 0.0
    return EntryPlan(
        pair=request.pair,
        side=request.side,
        tag=request.tag,
        order_type=request.order_type or facts.order_type,
        time_in_force=facts.time_in_force,
        price=price,
        leverage=leverage,
        largest_leverage=most,
        stake=stake,
        least=least,
        largest=largest,
        available=facts.available,
        wanted_amount=worth_of(stake, price, leverage) if price > 0 else 0.0,
        amount=amount,
        proposed_price=_price(facts, EntryAnswers()),
        proposed_stake=facts.stake,
        wanted_stake=wanted,
        refusal="" if amount > 0 else _why_nothing(price, stake),
    )


def _why_nothing(price: float, stake: float) -> str:
    if price <= 0:
        return "its price is 0 once it is rounded to the pair's tick"
    return f"the stake of {stake:.8g} is too small to buy anything"


def _price(facts: EntryFacts, answers: EntryAnswers) -> float:
    price = facts.price
    if answers.price is not None and answers.price != price:
        price = within_distance(answers.price, price, facts.max_distance)
    return price_to_tick(price, facts.market.price_precision, facts.market.precision_mode)
