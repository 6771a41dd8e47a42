"""What ccxt's classes state of exchanges, and what follows for this bot."""

import pytest

from appliance.domain.errors import ConfigurationError
from appliance.exchange.capabilities import missing_methods
from appliance.exchange.ccxt_import import exchange_class, known_names
from appliance.exchange.known_exchanges import (
    FUTURES,
    SPOT,
    KnownExchange,
    display_name,
    known_exchanges,
    timeframes,
)
from appliance.exchange.traits import SUPPORTED


@pytest.fixture(scope="module")
def known() -> dict[str, KnownExchange]:
    return {exchange.classname: exchange for exchange in known_exchanges()}


def test_every_exchange_is_described(known: dict[str, KnownExchange]) -> None:
    assert set(known) == {*known_names(), "simulated"}
    assert list(known) == sorted(known)


def test_supported_exchanges_lack_nothing_that_live_trading_needs(known: dict[str, KnownExchange]) -> None:
    assert [name for name in SUPPORTED if not (known[name].valid and known[name].supported)] == []
    assert [name for name in SUPPORTED if missing_methods(exchange_class(name)())] == []


def test_an_exchange_that_cannot_be_traded_on_says_why(known: dict[str, KnownExchange]) -> None:
    invalid = [exchange for exchange in known.values() if not exchange.valid]
    assert invalid
    assert [exchange.classname for exchange in invalid if not exchange.comment] == []


def test_futures_are_traded_where_they_are_settled_in_their_quote_currency(
    known: dict[str, KnownExchange],
) -> None:
    assert known["binance"].trade_modes == (SPOT, FUTURES)
    assert known["krakenfutures"].trade_modes == (FUTURES,)
    assert known["kraken"].trade_modes == (SPOT,)
    assert known["binancecoinm"].trade_modes == ()


def test_a_fill_list_of_either_kind_is_enough() -> None:
    exchange = exchange_class("binance")()
    exchange.has = {**exchange.has, "fetchMyTrades": False, "fetchOrderTrades": True}
    assert missing_methods(exchange) == []
    exchange.has = {**exchange.has, "fetchOrderTrades": None, "cancelOrder": False}
    assert missing_methods(exchange) == ["cancelOrder", "fetchMyTrades"]


@pytest.mark.parametrize("ask", [display_name, timeframes])
def test_an_unknown_exchange_is_an_error(ask) -> None:
    with pytest.raises(ConfigurationError, match="did you mean bitvavo"):
        ask("bitvavoo")
