"""Profits add up to what the exchange's account made, whatever fees are paid in, however trades end."""

import asyncio
import contextlib
import tempfile
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.domain.errors import ApplianceError
from appliance.domain.position import holding
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.bot.live_scene import LiveScene, live_scene
from tests.exchange_server.clock import BEGINNING, starting_at
from tests.exchange_server.fixture import BinanceServer, start
from tests.exchange_server.settings import BASE, BNB, QUOTE, RECEIVED, ServerSettings
from tests.support.live_gateway import PAIR
from tests.support.scripted import QUIET
from tests.support.summing import closed_figures, made_by_day, performance

PAIRS = [PAIR, "SOL/USDT"]
GROWING = QUIET.replace('timeframe = "5m"', 'timeframe = "5m"\n    position_adjustment_enable = True')
GROWING = GROWING.replace("stoploss = -0.1", "stoploss = -0.9")
CENT = 0.01

pairs = st.sampled_from(PAIRS)
actions = st.one_of(
    st.tuples(st.just("buy"), pairs, st.integers(30, 400)),
    st.tuples(st.just("buy"), pairs, st.integers(30, 400)),
    st.tuples(st.just("sell"), pairs, st.floats(0.1, 0.9)),
    st.tuples(st.just("leave"), pairs, st.none()),
    st.tuples(st.just("wait"), st.none(), st.integers(1, 600)),
    st.tuples(st.just("restart"), st.none(), st.none()),
)
servers = st.one_of(
    st.sampled_from([RECEIVED, QUOTE, BASE]).map(lambda paid_in: ServerSettings(commission=paid_in)),
    st.decimals("0.0002", "0.002", places=5).map(
        lambda bnb: ServerSettings(commission=BNB, balance={"USDT": Decimal(10_000), "BNB": bnb})
    ),
)


async def act(scene: LiveScene, action: str, pair: str | None, much) -> None:
    """Do it, if it can be done."""
    trade = scene.bot.book.of_pair(pair) if pair else None
    if action == "wait":
        scene.server.put_clock_ahead(much * 60_000)
    elif action == "buy":
        await scene.bot.force_enter(EntryRequest(pair=pair, order_type="market", stake=float(much)))
    elif trade is not None:
        part = None if much is None else trade.amount * much
        await scene.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market", amount=part))
    await scene.cycle()


async def run(folder: Path, server: BinanceServer, plan: list) -> float:
    """Go through the plan, leave everything, and return what profits add up to, the same wherever told."""
    days = [list(part) for restarts, part in groupby(plan, lambda one: one[0] == "restart") if not restarts]
    for actions in [*days, [("leave", pair, None) for pair in PAIRS]]:
        async with at_work(folder, server) as scene:
            for action in actions:
                with contextlib.suppress(ApplianceError):
                    await act(scene, *action)
                nothing_is_missing(scene)
    async with at_work(folder, server) as scene:
        assert not scene.bot.book.open
        closed = scene.bot.book.closed
        told = [
            closed_figures(closed, 10_000.0).profit,
            sum(entry.profit_abs for entry in performance(closed)),
            sum(day.profit for day in made_by_day(closed).values()),
            scene.bot.book.closed_profit,
            sum(trade.close_profit_abs for trade in await scene.bot.trades([one.id for one in closed])),
        ]
        assert told == pytest.approx([told[0]] * len(told), abs=1e-6)
        return told[0]


def at_work(folder: Path, server: BinanceServer):
    options = {"exchange.pair_whitelist": PAIRS, "max_open_trades": 5, "strategy": "Growing"}
    return live_scene(folder, server, **options, code=GROWING.replace("Quiet", "Growing"))


def nothing_is_missing(scene: LiveScene) -> None:
    """Hold what the books say against the account: never more, and a lot step less at most."""
    for trade in scene.bot.book.open.values():
        booked, there = holding(trade), Decimal(str(scene.hold(trade.base_currency)))
        assert trade.amount <= float(booked) + 1e-12
        assert booked <= there + Decimal("1e-9"), f"{booked} of {there} {trade.base_currency}"


def made(server: BinanceServer, began: dict[str, Decimal]) -> tuple[float, float]:
    """Return what the account has made, and what coins left over may be worth more or less than they cost.

    BNB that paid fees counts with its price at that moment.
    """
    prices, ledger = server.exchange.prices, server.ledger
    money = ledger.free("USDT") + ledger.locked("USDT") - began["USDT"]
    doubt = Decimal(0)
    for fill in ledger.fills:
        if fill.commission_asset == BNB:
            money -= fill.commission * prices.last("BNB/USDT", fill.time)
    for pair in PAIRS:
        traded = [fill for fill in ledger.fills if fill.symbol == pair.replace("/", "")]
        if not traded:
            continue
        last = traded[-1].price
        money += (ledger.free(pair.split("/")[0]) + ledger.locked(pair.split("/")[0])) * last
        spread = max(fill.price for fill in traded) - min(fill.price for fill in traded)
        step = Decimal(str(server.market.markets[pair].amount_precision))
        doubt += spread * step * sum(fill.side == "SELL" for fill in traded)
    return float(money), float(doubt)


async def compared(folder: Path, chosen: ServerSettings, plan: list, seed: int = 1) -> None:
    server = await start(settings=chosen, seed=seed, clock=starting_at(BEGINNING))
    try:
        profit = await run(folder, server, plan)
        money, doubt = made(server, dict(chosen.balance))
        server.ledger.check()
        assert profit == pytest.approx(money, abs=CENT + doubt)
    finally:
        await server.close()


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(servers, st.lists(actions, min_size=3, max_size=14), st.integers(1, 1000))
def test_profits_add_up_to_what_the_account_made(chosen, plan, seed):
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compared(Path(folder), chosen, plan, seed))


FOUR_BUYS = [("buy", PAIR, 111), ("wait", None, 90), ("buy", PAIR, 97), ("wait", None, 300)]
FOUR_BUYS += [("buy", PAIR, 133), ("buy", PAIR, 71), ("wait", None, 600), ("sell", PAIR, 0.4)]
FOUR_BUYS += [("wait", None, 600), ("leave", PAIR, None)]


@pytest.mark.parametrize("paid_in", [RECEIVED, BASE, QUOTE])
async def test_four_buys_a_partial_exit_and_a_full_one_leave_nothing(tmp_path, paid_in):
    server = await start(settings=ServerSettings(commission=paid_in), clock=starting_at(BEGINNING))
    async with at_work(tmp_path, server) as scene:
        for action in FOUR_BUYS:
            await act(scene, *action)
            nothing_is_missing(scene)
        assert not scene.bot.book.open
        (closed,) = scene.bot.book.closed
        trade = await scene.bot.trade(closed.id)
        assert holding(trade) < Decimal("0.0001")
        assert closed.close_profit_abs == trade.close_profit_abs == trade.realized_profit
        money, doubt = made(server, {"USDT": Decimal(10_000)})
        assert closed.close_profit_abs == pytest.approx(money, abs=CENT + doubt)
        assert abs(closed.close_profit_abs) > CENT + doubt, "prices have moved"
    await server.close()


async def test_bnb_that_is_used_up_is_seen(tmp_path):
    chosen = ServerSettings(commission=BNB, balance={"USDT": Decimal(10_000), "BNB": Decimal("0.0008")})
    server = await start(settings=chosen, clock=starting_at(BEGINNING))
    async with at_work(tmp_path, server) as scene:
        await act(scene, "buy", PAIR, 400)
        assert scene.trade.fee_open == scene.trade.fee_close == pytest.approx(0.00075, rel=0.02)
        await act(scene, "buy", PAIR, 400)
        assert scene.trade.fee_close == pytest.approx(0.001, rel=1e-6), "an exit will cost the whole fee"
        assert 0.00076 < scene.trade.fee_open < 0.001
        await act(scene, "leave", PAIR, None)
        money, doubt = made(server, dict(chosen.balance))
        (closed,) = scene.bot.book.closed
        assert closed.close_profit_abs == pytest.approx(money, abs=CENT + doubt)
    await server.close()
