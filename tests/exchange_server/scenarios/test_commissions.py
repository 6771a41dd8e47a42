"""Fees are taken in the currency that was chosen, if there is enough of it."""

from decimal import Decimal

import pytest

from tests.exchange_server.bench import Bench


@pytest.mark.parametrize(
    ("commission", "side", "asset"),
    [
        ("received", "BUY", "BTC"),
        ("received", "SELL", "USDT"),
        ("quote", "BUY", "USDT"),
        ("base", "SELL", "BTC"),
        ("BNB", "BUY", "BNB"),
        ("BNB", "SELL", "BNB"),
    ],
)
def test_fees_are_paid_in_what_was_chosen(commission: str, side: str, asset: str):
    balance = {"USDT": Decimal(10_000), "BTC": Decimal(1), "BNB": Decimal(1)}
    bench = Bench(balance=balance, commission=commission)
    [fill] = bench.place(side, "0.01")["fills"]
    assert fill["commissionAsset"] == asset
    bench.ledger.check()


def test_bnb_pays_three_quarters():
    bench = Bench(balance={"USDT": Decimal(10_000), "BNB": Decimal(1)}, commission="BNB")
    bench.place("BUY", "0.01")
    [fill] = bench.ledger.fills
    worth = fill.commission * bench.exchange.prices.last("BNB/USDT", fill.time)
    assert float(worth) == pytest.approx(float(fill.cost) * 0.00075, rel=1e-4)


def test_without_bnb_what_the_trade_brought_in_pays():
    bench = Bench(commission="BNB")
    [fill] = bench.place("BUY", "0.01")["fills"]
    assert (fill["commissionAsset"], fill["commission"]) == ("BTC", "0.00001000")


def test_all_there_is_can_be_sold_in_pieces_where_fees_are_taken_in_base_currency():
    bench = Bench(balance={"USDT": Decimal(10_000), "BTC": Decimal("0.01")}, commission="base", most_pieces=3)
    fills = bench.place("SELL", "0.01")["fills"]
    assert sum(Decimal(fill["qty"]) for fill in fills) == Decimal("0.01")
    bench.ledger.check()
