"""Opening the exchange that the configuration names."""

import pytest

from appliance.config.sections.exchange import ExchangeSettings, SimulatedSettings
from appliance.domain.errors import ConfigurationError
from appliance.exchange.capabilities import Needs
from appliance.exchange.ccxt.gateway import CcxtGateway
from appliance.exchange.factory import market_data, open_gateway
from appliance.exchange.gateway import Gateway
from tests.exchange_server.fixture import BinanceServer
from tests.support.live_gateway import live_settings
from tests.support.order_requests import order_request


@pytest.mark.parametrize(
    ("name", "hint"),
    [("binanse", "did you mean binance"), ("simulation", '"simulation"'), ("", "e.g. binance")],
)
async def test_a_name_that_no_exchange_has(name: str, hint: str):
    with pytest.raises(ConfigurationError, match=r"^exchange\.name: ") as told:
        await open_gateway(ExchangeSettings(name=name), dry_run=True)
    assert hint in str(told.value)


async def test_live_trading_needs_keys():
    with pytest.raises(ConfigurationError, match=r"exchange\.key: missing.*\n?exchange\.secret: missing"):
        await open_gateway(ExchangeSettings(name="binance"), dry_run=False)


async def test_live_trading_opens_with_keys_and_asks_for_what_it_needs(binance_server: BinanceServer):
    settings = live_settings(binance_server)
    gateway = await open_gateway(settings, dry_run=False)
    assert isinstance(gateway, CcxtGateway)
    await gateway.close()
    with pytest.raises(ConfigurationError, match="timeframe: binance has no candles of 7m"):
        await open_gateway(settings, dry_run=False, needs=Needs(timeframe="7m"))


async def test_an_exchange_that_does_not_open_says_why():
    settings = ExchangeSettings(name="binance", ccxt_config={"options": "wrong"})
    with pytest.raises(ConfigurationError, match=r"exchange\.ccxt_config"):
        await open_gateway(settings, dry_run=True)


async def test_the_simulated_market_opens_without_a_network():
    simulated = SimulatedSettings(seed=4, speed=30.0, fee=0.002)
    settings = ExchangeSettings(name="simulated", simulated=simulated)
    gateway = await open_gateway(settings, dry_run=True, clock=lambda: 1_790_000_000_000)
    assert (gateway.name, gateway.now_ms()) == ("simulated", 1_790_000_000_000)
    await trade_once(gateway, fee=0.002)


async def test_binance_opens_and_takes_dry_run_orders(binance_server: BinanceServer):
    settings = ExchangeSettings(name="binance", ccxt_config=binance_server.ccxt_config)
    gateway = await open_gateway(settings, dry_run=True, fee=0.0005)
    assert gateway.name == "binance"
    await trade_once(gateway, fee=0.0005)


async def trade_once(gateway: Gateway, *, fee: float) -> None:
    assert gateway.fee_rate("BTC/USDT", maker=False) == fee
    order = await gateway.create_order(
        order_request(pair="BTC/USDT", side="buy", order_type="market", amount=0.01, client_order_id="first")
    )
    assert (order.status, order.filled) == ("closed", 0.01)
    await gateway.close()


@pytest.mark.parametrize(("old", "today"), [("gateio", "gate"), ("huobi", "htx"), ("OKEX", "okx")])
def test_a_name_that_ccxt_has_given_up_is_reported_with_todays(old: str, today: str):
    with pytest.raises(ConfigurationError, match=rf"did you mean {today}\?"):
        market_data(ExchangeSettings(name=old))
