"""What of the configuration reaches ccxt's class, and what does not."""

import pytest

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import ConfigurationError
from appliance.exchange.ccxt.loading import bare_exchange
from appliance.exchange.ccxt.settings import (
    SPOT,
    account_settings,
    merged,
    public_settings,
    secrets_of,
    with_stream_proxy,
)


def test_the_asynchronous_settings_lie_on_top_key_by_key():
    made = public_settings(
        ExchangeSettings(
            name="binance",
            ccxt_config={
                "urls": {"api": {"public": "a", "private": "b"}},
                "timeout": 1,
                "enableRateLimit": False,
            },
            ccxt_sync_config={"timeout": 3},
            ccxt_async_config={"urls": {"api": {"public": "c"}}, "timeout": 2},
        )
    )
    assert made["urls"] == {"api": {"public": "c", "private": "b"}}
    assert (made["timeout"], made["enableRateLimit"]) == (2, False)
    assert made["options"]["defaultType"] == "spot"


def test_the_synchronous_settings_count_too():
    settings = ExchangeSettings(name="kraken", ccxt_config={"timeout": 1}, ccxt_sync_config={"timeout": 3})
    assert public_settings(settings)["timeout"] == 3


def test_credentials_go_to_the_class_that_trades():
    made = account_settings(
        ExchangeSettings(
            name="okx", key="key-1", secret="", password="pass", ccxt_config={"secret": "secret-2"}
        )
    )
    assert (made["apiKey"], made["secret"], made["password"]) == ("key-1", "secret-2", "pass")


def test_what_is_usual_on_an_exchange_lies_under_the_users_own():
    usual = public_settings(ExchangeSettings(name="bitvavo"))["options"]
    own = {"options": {"operatorId": 7}}
    assert usual["operatorId"] == 1
    assert public_settings(ExchangeSettings(name="bitvavo", ccxt_config=own))["options"]["operatorId"] == 7


def test_rate_limits_are_respected_by_default():
    assert public_settings(ExchangeSettings(name="kraken"))["enableRateLimit"] is True


def test_no_credentials_go_to_the_public_class():
    settings = ExchangeSettings(
        name="binance",
        key="my key",
        secret="my secret",
        ccxt_config={"apiKey": "other key", "walletAddress": "0x12"},
    )
    assert not {"apiKey", "secret", "walletAddress"} & set(public_settings(settings))


def test_secrets_are_found_everywhere():
    settings = ExchangeSettings(
        name="okx",
        key="key-1",
        secret="secret-1",
        password="pass",
        ccxt_async_config={"apiKey": "key-2", "uid": ""},
    )
    assert set(secrets_of(settings)) == {"key-1", "secret-1", "pass", "key-2"}


def test_merging_leaves_both_as_they_were():
    below, above = {"a": {"b": 1}}, {"a": {"c": 2}, "d": 3}
    assert merged(below, above) == {"a": {"b": 1, "c": 2}, "d": 3}
    assert (below, above) == ({"a": {"b": 1}}, {"a": {"c": 2}, "d": 3})


@pytest.mark.parametrize(
    ("own", "streams"),
    [
        ({"httpsProxy": "http://p:1"}, {"wsProxy": "http://p:1"}),
        ({"aiohttp_proxy": "http://p:1"}, {"wsProxy": "http://p:1"}),
        ({"socksProxy": "socks5://p:1"}, {"wsSocksProxy": "socks5://p:1"}),
        ({"httpsProxy": "http://p:1", "wsProxy": "http://q:1"}, {"wsProxy": "http://q:1"}),
        ({}, {}),
    ],
)
def test_streams_go_through_the_proxy_that_requests_go_through(own: dict, streams: dict):
    made = public_settings(ExchangeSettings(name="binance", ccxt_config=own))
    assert {name: made[name] for name in own} == own
    through = with_stream_proxy(made)
    assert {name: value for name, value in through.items() if name.startswith("ws")} == streams


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"socksProxy": "socks5://p:1"}, "aiohttp-socks is missing; install it with `appliance packages"),
        ({"httpProxy": "http://p:1", "httpsProxy": "http://p:1"}, "expected one proxy, found several"),
    ],
)
def test_proxies_that_cannot_be_used(own: dict, told: str):
    settings = public_settings(ExchangeSettings(name="binance", ccxt_config=own))
    with pytest.raises(ConfigurationError, match=told):
        bare_exchange("binance", settings)


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"fetchMarkets": {"types": ["spot", "linear"]}}, {"fetchMarkets": {"types": ["spot"]}}),
        ({"fetchMarkets": ["spot", "swap"]}, {"fetchMarkets": ["spot"]}),
        (
            {"fetchMarkets": {"types": {"spot": True, "linear": True}}},
            {"fetchMarkets": {"types": {"spot": True, "linear": False}}},
        ),
        ({"fetchMarkets": {"types": ["linear"]}}, {"fetchMarkets": {"types": ["linear"]}}),
        ({}, {}),
    ],
)
def test_only_spot_markets_are_loaded(options: dict, left: dict):
    SPOT.restrict(options)
    assert options == left


@pytest.mark.parametrize("name", ["maxRetriesOnFailure", "defaultMaxRetriesOnFailure"])
def test_ccxt_sends_nothing_twice_by_itself(name):
    own = {"options": {name: 3, "order": {name: 3}}}
    made = bare_exchange("binance", public_settings(ExchangeSettings(name="binance", ccxt_config=own)))
    assert made.handle_option_and_params({}, "order", "maxRetriesOnFailure", 0) == [0, {}]
