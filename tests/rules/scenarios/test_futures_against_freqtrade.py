"""Leverage, liquidation, stakes, funding and profits are freqtrade 2026.9's: its own functions made the file.

Each line has what went in, of random cases, and what came out.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.domain.enums import TradingMode
from appliance.domain.errors import Refused
from appliance.domain.futures import FundingRate, LeverageTier
from appliance.domain.market import Market
from appliance.domain.recalculate import revalue
from appliance.domain.timeframe import to_date
from appliance.domain.trade import Trade
from appliance.rules.funding import HeldPosition, charged_from, funding_fees
from appliance.rules.leverage import MarginPosition, largest_leverage, largest_worth, liquidation_price
from appliance.rules.stake import PositionLimit, stake_limits

RECORDED = Path(__file__).parents[2] / "data" / "rules" / "futures-by-freqtrade-2026.9.jsonl"
CASES = [
    json.loads(line) for line in Path(os.environ.get("FUTURES_CASES", RECORDED)).read_text().splitlines()
]
BINANCE_GRACE_SECONDS = 14


def tiers_of(case: dict) -> list[LeverageTier]:
    return [
        LeverageTier(
            least=told["minNotional"],
            most=told["maxNotional"],
            largest_leverage=told["maxLeverage"],
            maintenance_ratio=told["maintenanceMarginRate"],
            maintenance_amount=told["maintAmt"],
        )
        for told in case["tiers"]
    ]


@pytest.mark.parametrize("formula", ["with_maintenance_amount", "with_fee", "of_margin"])
def test_liquidation_prices(formula):
    for case in CASES:
        found = liquidation_price(
            tiers_of(case),
            formula=formula,
            position=MarginPosition(
                open_rate=case["rate"],
                amount=case["amount"],
                stake=case["stake"],
                leverage=case["leverage"],
                is_short=case["short"],
            ),
            taker_fee=case["fee"],
            buffer=case["buffer"],
        )
        assert found == pytest.approx(case[formula], rel=1e-9, abs=1e-9)


def test_leverage():
    for case in CASES:
        tiers = tiers_of(case)
        assert largest_worth(tiers, case["leverage"]) == case["worth"]
        if case["most"] is None:
            with pytest.raises(Refused, match="more than the exchange takes"):
                largest_leverage(tiers, case["stake"])
        else:
            assert largest_leverage(tiers, case["stake"]) == case["most"]


def test_stakes():
    for case in CASES:
        limits = case["limits"]
        market = Market(
            pair="X/USDT:USDT",
            base="X",
            quote="USDT",
            spot=False,
            swap=True,
            contract_size=case["contract"],
            cost_min=limits["cost"]["min"],
            cost_max=limits["cost"]["max"],
            amount_min=limits["amount"]["min"],
            amount_max=limits["amount"]["max"],
        )
        worth = largest_worth(tiers_of(case), case["leverage"])
        least, largest = stake_limits(
            market, case["rate"], case["stoploss"], 0.05, PositionLimit(case["leverage"], worth)
        )
        assert least == pytest.approx(case["least_stake"])
        assert largest == pytest.approx(case["largest_stake"] or float("inf"))


def test_funding_fees():
    for case in CASES:
        told = case["funding"]
        found = funding_fees(
            [FundingRate(at, rate) for at, rate in told["rates"]],
            dict(told["marks"]),
            HeldPosition(
                amount=case["amount"],
                is_short=case["short"],
                since_ms=charged_from(to_date(told["start"]), BINANCE_GRACE_SECONDS),
                until_ms=told["end"],
            ),
        )
        assert found == pytest.approx(told["fees"], rel=1e-9, abs=1e-12)


def test_profits_and_stops_of_longs_and_shorts_with_leverage_and_funding():
    for case in CASES:
        trade = Trade(
            exchange="binance",
            pair="X/USDT:USDT",
            base_currency="X",
            stake_currency="USDT",
            fee_open=case["fee"],
            fee_close=case["fee"],
            open_rate=case["rate"],
            stake_amount=case["stake"],
            amount=case["amount"],
            open_date=datetime(2026, 1, 1, tzinfo=UTC),
            trading_mode=TradingMode.FUTURES,
            leverage=case["leverage"],
            is_short=case["short"],
        )
        revalue(trade)
        trade.note_funding(case["funding"]["fees"])
        trade.adjust_stop_loss(case["rate"], case["stoploss"], initial=True)
        made, ratio = case["profit"]
        assert trade.calc_profit(case["now"]) == pytest.approx(made, rel=1e-9, abs=2e-8)
        assert trade.calc_profit_ratio(case["now"]) == pytest.approx(ratio, abs=2e-8)
        assert trade.stop_loss == pytest.approx(case["stop"])
