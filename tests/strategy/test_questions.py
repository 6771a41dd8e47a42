"""Questions to a strategy: whatever it answers, what comes of it is safe."""

from types import SimpleNamespace

import pytest

from appliance.strategy.questions import ExitOrder, PositionOffer, Questions
from tests.strategy.answers import NOW, trade

PLAN = SimpleNamespace(
    pair="BTC/USDT",
    side="long",
    tag="dip",
    order_type="limit",
    time_in_force="GTC",
    price=100.0,
    leverage=1.0,
    largest_leverage=10.0,
    largest=500.0,
    available=300.0,
)
NONSENSE = ["None", "'much'", "float('nan')", "float('inf')", "[]", "1 / 0"]
ORDER = ExitOrder("limit", "GTC", 1.0, 100.0, "roi")


@pytest.fixture
def asking(load, write):
    """Ask a strategy that answers one callback with an expression; `kwargs` are its arguments."""

    def made(callback=None, answer="None", attributes=""):
        method = f"def {callback}(self, **kwargs): return {answer}" if callback else ""
        path = write(attributes="\n    ".join(filter(None, (attributes, method))) or "pass")
        return Questions(load("Mine", path.parent))

    return made


# -- nothing overridden


def test_a_strategy_that_overrides_nothing_changes_nothing(asking):
    questions, opened = asking(), trade()
    order = opened.orders[0]
    assert questions.entry_price("A/B", None, rate=100.0, tag=None, side="long", now=NOW) == 100.0
    assert questions.exit_price(opened, rate=100.0, profit=0.0, reason=None, now=NOW) == 100.0
    assert questions.leverage(PLAN, 100.0, NOW) == 1.0
    assert questions.stake(PLAN, 50.0, NOW, least=None) == 50.0
    assert questions.confirms_entry(PLAN, 1.0, NOW) is True
    assert questions.confirms_exit(opened, ORDER, NOW) is True
    assert questions.times_out(opened, order, NOW) is False
    assert questions.order_price(opened, order, 90.0, NOW) == order.safe_placement_price
    assert questions.position_change(opened, PositionOffer(1.0, 1.0, None, 9.0), NOW) == (0.0, None)
    assert questions.custom_exit(opened, NOW, 100.0, 0.0) is False
    assert questions.custom_roi(opened, NOW, 5) is None
    assert questions.roi_reached(opened, NOW, 0.5) is None
    assert not questions.adjusts_orders
    assert not questions.overrides("custom_exit", "leverage")


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("custom_exit", "custom_exit"),
        ("custom_sell", "custom_exit"),
        ("check_buy_timeout", "check_entry_timeout"),
        ("check_sell_timeout", "check_exit_timeout"),
        ("adjust_entry_price", "adjust_order_price"),
        ("adjust_exit_price", "adjust_order_price"),
    ],
)
def test_what_it_overrides_counts_under_its_older_names_too(asking, name, asked):
    questions = asking(name)
    assert questions.overrides(asked)
    assert questions.overrides("leverage", asked)
    assert not questions.overrides("leverage")


# -- nonsense


@pytest.mark.parametrize("answer", NONSENSE)
def test_prices_that_are_none_are_those_that_were_proposed(asking, answer):
    entry = asking("custom_entry_price", answer)
    assert entry.entry_price("A/B", None, rate=100.0, tag=None, side="long", now=NOW) == 100.0
    leaving = asking("custom_exit_price", answer)
    assert leaving.exit_price(trade(), rate=100.0, profit=0.0, reason=None, now=NOW) == 100.0


def test_a_price_of_nothing_is_none_either(asking):
    entry = asking("custom_entry_price", "0")
    assert entry.entry_price("A/B", None, rate=100.0, tag=None, side="long", now=NOW) == 100.0


@pytest.mark.parametrize("answer", [*NONSENSE, "0", "-3"])
def test_leverage_is_at_least_one(asking, answer):
    assert asking("leverage", answer).leverage(PLAN, 100.0, NOW) == 1.0


def test_leverage_is_at_most_that_of_the_plan(asking):
    assert asking("leverage", "50").leverage(PLAN, 100.0, NOW) == 10.0
    assert asking("leverage", "2.5").leverage(PLAN, 100.0, NOW) == 2.5


@pytest.mark.parametrize("answer", NONSENSE[:-1])
def test_a_stake_that_is_none_is_no_trade(asking, answer):
    assert asking("custom_stake_amount", answer).stake(PLAN, 50.0, NOW, least=None) == 0.0


def test_a_stake_that_fails_is_the_proposed_one(asking):
    assert asking("custom_stake_amount", "1 / 0").stake(PLAN, 50.0, NOW, least=None) == 50.0


@pytest.mark.parametrize(("answer", "enters", "leaves"), [("None", 0, 0), ("0", 0, 0), ("1 / 0", 1, 1)])
def test_without_a_yes_nothing_is_traded_but_an_error_is_no_veto(asking, answer, enters, leaves):
    assert asking("confirm_trade_entry", answer).confirms_entry(PLAN, 1.0, NOW) == enters
    assert asking("confirm_trade_exit", answer).confirms_exit(trade(), ORDER, NOW) == leaves


def test_in_doubt_an_entry_is_not_confirmed_and_an_exit_is(asking):
    """A column of a dataframe is neither true nor false."""
    column = "__import__('pandas').Series([1, 0])"
    assert asking("confirm_trade_entry", column).confirms_entry(PLAN, 1.0, NOW) is False
    assert asking("confirm_trade_exit", column).confirms_exit(trade(), ORDER, NOW) is True


@pytest.mark.parametrize("answer", NONSENSE)
def test_a_stop_that_is_none_leaves_the_stop(asking, answer):
    stop = asking("custom_stoploss", answer).custom_stop(trade(), NOW)(100.0, 0.0)
    assert stop in (None, 0.0)


@pytest.mark.parametrize("answer", NONSENSE)
def test_a_roi_that_is_none_is_none(asking, answer):
    questions = asking("custom_roi", answer, attributes="use_custom_roi = True")
    assert questions.custom_roi(trade(), NOW, 5) is None


def test_a_roi_that_is_not_used_is_not_asked_for(asking):
    assert asking("custom_roi", "0.01").custom_roi(trade(), NOW, 5) is None


@pytest.mark.parametrize("answer", [*NONSENSE, "()", "(None, 'tag')"])
def test_a_position_is_not_changed_by_nonsense(asking, answer):
    stake, _ = asking("adjust_trade_position", answer).position_change(
        trade(), PositionOffer(1.0, 1.0, None, 9.0), NOW
    )
    assert stake == 0.0


# -- what it gets, and what it answers


def test_an_open_order_may_have_another_price_or_none_or_the_same(asking):
    opened = trade()
    order = opened.orders[0]
    assert asking("adjust_order_price", "98.5").order_price(opened, order, 90.0, NOW) == 98.5
    for none in ("None", "0", "False"):
        assert asking("adjust_order_price", none).order_price(opened, order, 90.0, NOW) is None
    for same in ("1 / 0", "'much'", "float('nan')", "kwargs['current_order_rate']"):
        present = asking("adjust_order_price", same).order_price(opened, order, 90.0, NOW)
        assert present == order.safe_placement_price


def test_a_reason_to_leave_is_a_text_or_yes(asking):
    assert asking("custom_exit", "'enough'").custom_exit(trade(), NOW, 1.0, 0.0) == "enough"
    assert asking("custom_exit", "True").custom_exit(trade(), NOW, 1.0, 0.0) is True
    assert asking("custom_exit", "''").custom_exit(trade(), NOW, 1.0, 0.0) == ""
    assert asking("custom_sell", "'old'").custom_exit(trade(), NOW, 1.0, 0.0) == "old"


@pytest.mark.parametrize(
    ("answer", "change"),
    [
        ("25", (25.0, None)),
        ("(-5, 'less')", (-5.0, "less")),
        ("(5, '')", (5.0, None)),
        ("(5,)", (5.0, None)),
        ("(5, 7, 9)", (5.0, "7")),
    ],
)
def test_a_position_changes_by_a_stake_with_a_tag_or_without(asking, answer, change):
    offer = PositionOffer(1.0, 1.0, None, 9.0)
    assert asking("adjust_trade_position", answer).position_change(trade(), offer, NOW) == change


def test_a_position_is_offered_at_both_rates(asking):
    questions = asking("adjust_trade_position", "self.seen.append(kwargs)", attributes="seen = []")
    opened = trade()
    questions.position_change(opened, PositionOffer(110.0, 90.0, 5.0, 70.0), NOW)
    (seen,) = questions.strategy.seen
    assert (seen["current_rate"], seen["current_entry_rate"], seen["current_exit_rate"]) == (110, 110, 90)
    assert seen["current_profit"] == seen["current_entry_profit"] == opened.calc_profit_ratio(110.0)
    assert seen["current_exit_profit"] == opened.calc_profit_ratio(90.0)
    assert (seen["min_stake"], seen["max_stake"]) == (5.0, 70.0)


def test_the_stake_on_offer_is_limited_by_market_and_money(asking):
    questions = asking("custom_stake_amount", "kwargs['max_stake'] + kwargs['min_stake']")
    assert questions.stake(PLAN, 50.0, NOW, least=7.0) == 307.0


def test_time_outs_are_asked_for_by_side(asking):
    opened = trade()
    order = opened.orders[0]
    assert asking("check_entry_timeout", "True").times_out(opened, order, NOW) is True
    assert asking("check_exit_timeout", "True").times_out(opened, order, NOW) is False
    order.ft_order_side = opened.exit_side
    assert asking("check_exit_timeout", "True").times_out(opened, order, NOW) is True


def test_a_strategy_may_judge_a_profit_by_itself(asking):
    assert asking("min_roi_reached", "kwargs['current_profit'] > 0.1").roi_reached(trade(), NOW, 0.2) is True
    assert asking("min_roi_reached", "None").roi_reached(trade(), NOW, 0.2) is None
    assert asking("min_roi_reached", "1 / 0").roi_reached(trade(), NOW, 0.2) is None
