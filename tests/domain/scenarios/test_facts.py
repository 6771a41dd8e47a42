"""What is told of a trade's orders late, in pieces, twice or in another order leads to the same trade."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.market import ExchangeOrder, Fee
from appliance.domain.order import STOP, Order
from appliance.domain.position import holding, in_lots
from appliance.domain.recalculate import Change, book_order, recalculate, write_off
from appliance.domain.timeframe import to_ms
from tests.support.trades import OPENED, fill, new_order, new_trade

STEP = 0.0001
PATH_DEPENDENT = {
    *("stop_loss", "stop_loss_pct", "initial_stop_loss", "initial_stop_loss_pct", "is_stop_loss_trailing"),
    *("close_rate_requested", "max_rate", "min_rate"),
}


class Plan(msgspec.Struct):
    """Say what an order is to do: `told` are the amounts that it is said to have filled, one after another.

    `fee` is its ratio, None where the exchange never tells; `in_base` takes it out of what was bought.
    """

    side: str
    amount: float
    price: float
    told: tuple[float, ...]
    fee: float | None
    in_base: bool


def seen_of(plan: Plan, number: int, filled: float, status: str) -> ExchangeOrder:
    fees = ()
    if plan.fee is not None and filled:
        fee = Fee("ETH", filled * plan.fee) if plan.in_base else Fee("USDT", filled * plan.price * plan.fee)
        fees = (fee,)
    return ExchangeOrder(
        id=f"o{number}",
        pair="ETH/USDT",
        side="buy" if plan.side == "entry" else "sell",
        type="limit",
        status=status,
        amount=plan.amount,
        filled=filled,
        average=plan.price,
        cost=filled * plan.price,
        fees=fees,
        filled_timestamp=to_ms(OPENED + timedelta(minutes=number, seconds=filled * 10)),
    )


def facts_of(plan: Plan, number: int) -> list[ExchangeOrder]:
    """Return what is said of an order: open with less first, cancelled with less, at last all of it."""
    *earlier, last = plan.told
    end = "closed" if last == plan.amount else "canceled"
    first = [seen_of(plan, number, filled, "open") for filled in earlier[:1]]
    lied = [seen_of(plan, number, filled, "canceled") for filled in earlier[1:]]
    return [*first, *lied, seen_of(plan, number, last, end)]


def begun(plans: list[Plan], **fields):
    """Return a trade whose orders have been placed, and of which nothing else is known."""
    trade = new_trade(amount=0.0, amount_precision=STEP, price_precision=0.01, **fields)
    trade.adjust_stop_loss(trade.open_rate, -0.1, initial=True)
    for number, plan in enumerate(plans):
        side = {"entry": trade.entry_side, "exit": trade.exit_side}.get(plan.side, STOP)
        order = new_order(trade, side, plan.amount, plan.price, status="open", ft_is_open=True, filled=0.0)
        order.average = order.order_filled_date = None
        order.cost = 0.0
        order.ft_order_tag = plan.side
        order.client_order_id = f"ours{number}"
        trade.orders.append(order)
    return trade


def hear(trade, seen: ExchangeOrder) -> Change | None:
    """Take a fact over, as the bot does."""
    order: Order = trade.select_order_by_order_id(seen.id)
    order.apply(seen, OPENED)
    if order.ft_is_open:
        return None
    if seen.filled == order.safe_filled and seen.fees:
        (fee,) = seen.fees
        in_base = fee.currency == "ETH"
        order.note_fees(seen.fees, fee.cost * order.safe_price if in_base else fee.cost)
        entering = order.ft_order_side == trade.entry_side
        order.ft_fee_base = (fee.cost if entering else -fee.cost) if in_base else None
    return book_order(trade, order, OPENED)


def figures(trade) -> dict:
    """Return all that has to be the same whichever way it came about."""
    shown = msgspec.structs.asdict(trade)
    shown["orders"] = [msgspec.structs.asdict(order) for order in trade.orders]
    for order in shown["orders"]:
        del order["order_update_date"]
    return {name: value for name, value in shown.items() if name not in PATH_DEPENDENT}


lots = st.integers(1, 400).map(lambda count: round(count * STEP, 4))
prices = st.integers(5_000, 20_000).map(lambda cents: cents / 100)


@st.composite
def plans(draw) -> list[Plan]:
    """Draw orders that buy, buy more and sell, never more than there is; some end it all, some leave dust."""
    in_base = draw(st.booleans())
    fees = st.sampled_from([None, 0.0, 0.00075, 0.001])
    held, made = 0.0, []
    for number in range(draw(st.integers(1, 7))):
        entering = number == 0 or held < STEP or draw(st.booleans())
        fee = draw(fees)
        if entering:
            amount, side = draw(lots), "entry"
        else:
            most = int(held / STEP + 1e-6)
            part = most if draw(st.booleans()) else draw(st.integers(1, most))
            amount, side = round(part * STEP, 4), draw(st.sampled_from(["exit", "exit", STOP]))
        filled = amount if draw(st.integers(0, 3)) else round(int(amount / STEP / 2) * STEP, 4)
        parts = draw(st.lists(st.integers(0, 3), max_size=2))
        told = sorted(less for part in parts if (less := round(filled * part / 4, 4)) < filled)
        taken = filled * fee if in_base and fee and entering else 0.0
        held += filled - taken if entering else -filled
        made.append(Plan(side, amount, draw(prices), (*told, filled), fee, in_base and entering))
    return made


@given(plans(), st.data())
def test_the_same_facts_lead_to_the_same_trade_whichever_way_they_come(made, data):
    facts = [facts_of(plan, number) for number, plan in enumerate(made)]
    expected = begun(made)
    for known in facts:
        hear(expected, known[-1])
    every = [fact for known in facts for fact in known]
    again = data.draw(st.lists(st.sampled_from(every), max_size=5))
    trade = begun(made)
    for fact in data.draw(st.permutations([*every, *again])):
        hear(trade, fact)
        check(trade)
    assert figures(trade) == figures(expected)
    assert recalculate(trade) is Change.NOTHING
    for fact in every:
        assert hear(trade, fact) in (Change.NOTHING, None)


def check(trade) -> None:
    """Hold a trade against its orders: what is left is in the books, and it is open as long as it should."""
    left = in_lots(trade, holding(trade))
    exited = any(o.safe_filled and not o.ft_is_open and o.ft_order_side != "buy" for o in trade.orders)
    if exited and any(o.safe_filled and not o.ft_is_open and o.ft_order_side == "buy" for o in trade.orders):
        assert trade.is_open == (left > 0 or bool(trade.all_open_orders))
        assert (trade.close_date is None) == trade.is_open
    if trade.is_open and trade.max_stake_amount and left > 0:
        assert trade.amount == left
    if not trade.is_open:
        assert trade.close_profit_abs == trade.realized_profit


@given(plans())
def test_profit_is_what_came_in_less_what_went_out_for_it(made):
    trade = begun(made)
    for number, plan in enumerate(made):
        hear(trade, facts_of(plan, number)[-1])
    known = [plan for plan in made if plan.fee is not None]
    if len(known) < len(made):
        return
    cash, held, cost = Decimal(0), Decimal(0), Decimal(0)
    for plan in made:
        filled, price, fee = (Decimal(str(x)) for x in (plan.told[-1], plan.price, plan.fee))
        if plan.side == "entry":
            bought = filled * (1 - fee) if plan.in_base else filled
            paid = filled * price * (1 if plan.in_base else 1 + fee)
            cash, cost, held = cash - paid, cost + paid, held + bought
        elif filled:
            mean = cost / held
            cash, cost, held = cash + filled * price * (1 - fee), cost - filled * mean, held - filled
    assert trade.realized_profit == pytest.approx(float(cash + cost), abs=1e-7)


# -- single cases --------------------------------------------------------------------------------------


def bought(amount: float = 0.0998, **fields):
    trade = new_trade(amount_precision=STEP, **fields)
    trade.adjust_stop_loss(100.0, -0.1, initial=True)
    fill(trade, "entry", amount, 100.0)
    return trade


def test_an_exit_that_filled_more_than_reported_does_not_close_the_rest():
    """0.0998 on sale, told to have sold 0.05 and to be cancelled; a later look finds 0.06."""
    trade = bought()
    order = fill(trade, "exit", 0.0998, 110.0, filled=0.05, status="canceled")
    assert (trade.is_open, trade.amount) == (True, 0.0498)
    order.filled = 0.06
    assert book_order(trade, order, OPENED) is Change.CHANGED
    assert (trade.is_open, trade.amount) == (True, 0.0398)
    assert book_order(trade, order, OPENED) is Change.NOTHING
    order.filled = 0.0998
    assert book_order(trade, order, OPENED) is Change.CLOSED


def test_a_late_fill_of_an_addition_opens_a_closed_trade_again():
    trade = bought()
    addition = fill(trade, "entry", 0.05, 90.0, filled=0.0, status="canceled")
    fill(trade, "exit", 0.0998, 110.0, ft_order_tag="roi")
    assert (trade.is_open, trade.exit_reason) == (False, "roi")
    addition.filled = 0.03
    assert book_order(trade, addition, OPENED) is Change.REOPENED
    assert (trade.is_open, trade.amount) == (True, 0.03)
    ended = (trade.close_date, trade.close_rate, trade.exit_reason, trade.exit_order_status)
    assert ended == (None, None, None, None)
    fill(trade, "exit", 0.03, 95.0, ft_order_tag="stop_loss")
    assert (trade.is_open, trade.exit_reason, trade.close_rate) == (False, "stop_loss", 95.0)
    sold, paid = 0.0998 * 110 + 0.03 * 95, 0.0998 * 100 + 0.03 * 90
    assert trade.realized_profit == pytest.approx(sold * 0.999 - paid * 1.001)


def test_a_trade_without_a_position_waits_for_its_open_order():
    trade = bought()
    addition = new_order(trade, "buy", 0.05, 90.0, status="open", ft_is_open=True, filled=0.0)
    trade.orders.append(addition)
    fill(trade, "exit", 0.0998, 110.0)
    assert (trade.is_open, trade.amount, trade.stake_amount) == (True, 0.0, 0.0)
    addition.ft_is_open, addition.status = False, "canceled"
    assert recalculate(trade, OPENED) is Change.CLOSED
    assert (trade.amount, trade.close_rate) == (0.0998, 110.0)


def test_the_stop_starts_once_from_the_first_fill():
    trade = new_trade(amount_precision=STEP)
    trade.adjust_stop_loss(100.0, -0.1, initial=True)
    order = new_order(trade, "buy", 1.0, 110.0)
    trade.orders.append(order)
    assert book_order(trade, order, OPENED) is Change.OPENED
    assert trade.stop_loss == 99.0
    trade.adjust_stop_loss(150.0, -0.1)
    assert book_order(trade, order, OPENED) is Change.NOTHING
    assert (trade.stop_loss, trade.is_stop_loss_trailing) == (135.0, True)


def test_a_remainder_below_a_lot_step_leaves_the_profit_of_all_exits():
    trade = new_trade(amount_precision=STEP)
    fill(trade, "entry", 0.1, 100.0, ft_fee_base=0.0001, fee_in_quote=0.01)
    fill(trade, "entry", 0.1, 100.0, ft_fee_base=0.00015, fee_in_quote=0.015)
    first = fill(trade, "exit", 0.1, 90.0)
    last = fill(trade, "exit", trade.amount, 80.0)
    assert (trade.is_open, holding(trade)) == (False, Decimal("0.00005"))
    mean = 20 / 0.19975
    made = [(o.filled * (o.average * (1 - trade.fee_close) - mean)) for o in (first, last)]
    assert trade.realized_profit == pytest.approx(sum(made))
    assert trade.close_profit_abs == trade.realized_profit


def test_the_ratio_of_fees_follows_from_orders_and_the_newest_is_expected_next():
    trade = new_trade()
    fill(trade, "entry", 1.0, 100.0, fees=(Fee("BNB", 0.0001),), fee_in_quote=0.075)
    assert (trade.fee_open, trade.fee_close, trade.fee_open_currency) == (0.00075, 0.00075, "BNB")
    fill(trade, "entry", 1.0, 100.0, fees=(Fee("USDT", 0.1),), fee_in_quote=0.1)
    assert (trade.fee_open, trade.fee_close) == (0.000875, 0.001), "there is no BNB left for the exit"
    assert trade.fee_open_cost == pytest.approx(0.175)
    fill(trade, "exit", 1.0, 110.0, fees=(Fee("USDT", 0.11),), fee_in_quote=0.11)
    assert (trade.fee_close, trade.fee_close_cost) == (0.001, pytest.approx(0.11))
    fill(trade, "exit", 1.0, 110.0, fees=(Fee("USDT", 0.22),), fee_in_quote=0.22)
    assert (trade.fee_close, trade.fee_close_cost) == (0.0015, pytest.approx(0.33))
    assert trade.realized_profit == pytest.approx(220 - 0.33 - 200 - 0.175)


def test_orders_of_another_program_keep_the_ratio_that_it_knew():
    trade = new_trade(fee_open=0.0005, fee_close=0.0005)
    fill(trade, "entry", 1.0, 100.0)
    fill(trade, "entry", 1.0, 100.0, client_order_id="ours", fee_in_quote=0.1)
    assert trade.fee_open_cost == pytest.approx(0.15)
    fill(trade, "exit", 2.0, 100.0, client_order_id="ours", fee_in_quote=0.2)
    assert trade.realized_profit == pytest.approx(-0.35)


def test_a_fee_on_top_of_a_sale_is_gone_from_the_position():
    trade = new_trade(amount_precision=STEP)
    fill(trade, "entry", 1.0, 100.0, fee_in_quote=0.0)
    fill(trade, "exit", 0.5, 100.0, ft_fee_base=-0.0005, fee_in_quote=0.05)
    assert (trade.amount, holding(trade)) == (0.4995, Decimal("0.4995"))
    assert trade.realized_profit == pytest.approx(-0.05)


def test_what_is_written_off_leaves_at_its_rate_without_a_fee():
    trade = new_trade(amount_precision=STEP)
    fill(trade, "entry", 1.0, 100.0, fees=(Fee("USDT", 0.1),), fee_in_quote=0.1)
    fill(trade, "exit", 0.9, 110.0, fees=(Fee("USDT", 0.099),), fee_in_quote=0.099)
    assert write_off(trade, 0.1, 50.0, OPENED, "dust") is Change.CLOSED
    assert (trade.exit_reason, trade.fee_close) == ("dust", 0.001)
    assert trade.realized_profit == pytest.approx(99 + 5 - 0.099 - 100.1)


def test_what_was_sold_without_being_the_trades_makes_nothing_but_its_fee():
    """An exit that was sent twice sells other holdings: they are money now, at the price they were worth."""
    trade = new_trade(amount_precision=STEP)
    fill(trade, "entry", 1.0, 100.0, fee_in_quote=0.1)
    fill(trade, "exit", 1.0, 110.0, fee_in_quote=0.11)
    assert not trade.is_open
    fill(trade, "exit", 1.0, 111.0, fee_in_quote=0.111)
    assert (trade.is_open, holding(trade)) == (False, Decimal(-1))
    assert trade.realized_profit == pytest.approx(110 - 100 - 0.1 - 0.11 - 0.111)


@pytest.mark.parametrize("short", [False, True])
def test_an_entry_that_is_known_only_after_its_exit_makes_the_same(short):
    late, usual = (new_trade(amount_precision=STEP, is_short=short) for _ in range(2))
    orders = [("entry", 1.0, 100.0), ("exit", 1.5, 110.0), ("entry", 0.7, 90.0)]
    for side, amount, price in orders:
        fill(late, side, amount, price, fee_in_quote=amount * price / 1000)
    for side, amount, price in (orders[0], orders[2], orders[1]):
        fill(usual, side, amount, price, fee_in_quote=amount * price / 1000)
    for trade in (late, usual):
        assert trade.amount == 0.2
        fill(trade, "exit", 0.2, 120.0, fee_in_quote=0.024)
    assert late.realized_profit == pytest.approx(usual.realized_profit, abs=1e-7)
