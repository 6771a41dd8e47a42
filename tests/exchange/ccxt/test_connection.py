"""One connection, held by everything that asks an exchange."""

import inspect

import pytest

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import ExchangeError, PairNotFound, TemporaryExchangeError
from appliance.exchange.ccxt.account import Account
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.fills import Fills
from appliance.exchange.ccxt.futures_data import CcxtFutures
from appliance.exchange.ccxt.gateway import CcxtGateway
from appliance.exchange.ccxt.market_data import CcxtMarketData, spot_market_data
from appliance.exchange.ccxt.order_lists import OrderLists
from appliance.exchange.ccxt.orders import Orders
from appliance.exchange.ccxt.protocol import unchanged
from appliance.exchange.forwarded_market_data import ForwardedMarketData
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer
from tests.support.live_gateway import PAIR, QUICK, live_settings

HOLDING = (Account, CcxtFutures, CcxtMarketData, Fills, OrderLists, Orders)


@pytest.fixture
async def connection(binance_server: BinanceServer):
    connection = Connection(live_settings(binance_server), with_account=True, retry=QUICK)
    await connection.load_markets()
    yield connection
    await connection.close()


@pytest.mark.parametrize("part", HOLDING, ids=lambda part: part.__name__)
def test_what_asks_the_exchange_inherits_nothing(part: type):
    assert part.__mro__ == (part, object)
    assert inspect.signature(part).parameters["connection"].annotation is Connection


def test_the_gateway_inherits_nothing_but_forwarding():
    assert CcxtGateway.__mro__ == (CcxtGateway, ForwardedMarketData, object)


async def test_without_a_connection_each_request_says_so():
    connection = Connection(ExchangeSettings(name="binance"), retry=QUICK)
    with pytest.raises(TemporaryExchangeError, match="binance is not connected"):
        await connection.ask(lambda exchange: exchange.fetch_time(), unchanged)
    for refused in (connection.check, lambda: connection.check(PAIR)):
        with pytest.raises(ExchangeError, match="binance is not connected"):
            refused()
    with pytest.raises(ExchangeError, match="binance is not connected"):
        data = spot_market_data(ExchangeSettings(name="binance", enable_ws=False), retry=QUICK)
        await data.fetch_tickers()


async def test_pairs_are_those_of_the_loaded_markets(connection: Connection):
    connection.check(PAIR)
    with pytest.raises(PairNotFound):
        connection.check("XYZ/USDT")


async def test_an_unreadable_answer_is_requested_again(connection: Connection):
    answers = iter(["no number", "12"])

    async def answer(_) -> str:
        return next(answers)

    assert await connection.ask(answer, int) == 12


async def test_public_answers_do_not_hide_that_the_account_is_silent(
    connection: Connection, binance_server: BinanceServer
):
    binance_server.faults.add(Fault(kind="reset", path="/api/v3/account"))
    with pytest.raises(TemporaryExchangeError):
        await connection.ask_account(lambda exchange: exchange.fetch_balance(), unchanged)
    connection._account_unanswered_since -= 60
    await connection.ask(lambda exchange: exchange.fetch_time(), unchanged)
    assert connection.silent_for >= 60
    binance_server.faults.clear()
    await connection.ask_account(lambda exchange: exchange.fetch_balance(), unchanged)
    assert connection.silent_for < 60


async def test_a_refusal_of_the_account_is_an_answer(connection: Connection, binance_server: BinanceServer):
    binance_server.faults.add(Fault(kind="reset", path="/api/v3/account"))
    with pytest.raises(TemporaryExchangeError):
        await connection.ask_account(lambda exchange: exchange.fetch_balance(), unchanged)
    connection._account_unanswered_since -= 60
    binance_server.faults.clear()
    binance_server.faults.add(Fault(kind="error", path="/api/v3/account", status=400, code=-2015))
    with pytest.raises(ExchangeError, match="refuses the API key"):
        await connection.ask_account(lambda exchange: exchange.fetch_balance(), unchanged)
    assert connection.silent_for < 60
