"""Check what no single setting can tell: whether the settings fit together. Pure; one line a problem."""

import difflib
import ipaddress
import math
from collections.abc import Container, Iterator

from appliance.config import passwords
from appliance.config.sections.producers import ProducersSettings
from appliance.config.settings import ApiServerSettings, Settings
from appliance.config.validation.messages import message_faults
from appliance.domain.enums import MarginMode, TradingMode

_CURRENCIES = """
AUD BRL CAD CHF CLP CNY CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PHP PKR PLN RUB UAH SEK
SGD THB TRY TWD ZAR USD BTC ETH XRP LTC BCH BNB
"""
_FIAT = frozenset(_CURRENCIES.split())


def inconsistencies(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the key path and what is wrong, whatever the strategy will say."""
    yield from _fiat_currency(settings)
    yield from _market_orders(settings)
    yield from _exchange(settings)
    yield from _server(settings.api_server)
    yield from message_faults(settings)
    yield from _producers(settings.external_message_consumer)
    if settings.trailing_stop and settings.trailing_stop_positive is not None:
        yield from _trailing_stop(settings)
    if settings.edge.get("enabled"):
        text = "expected false, found true; freqtrade has removed edge, and it is not here either"
        yield "edge.enabled", text


def inconsistencies_with_strategy(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the key path and what is wrong, once the strategy had its say."""
    yield from inconsistencies(settings)
    if settings.stake_amount == "unlimited" and math.isinf(settings.max_open_trades):
        text = '"unlimited" shares the balance among max_open_trades; expected one of the two to be a number'
        yield "stake_amount", text
    if settings.trailing_stop and settings.trailing_stop_positive is None:
        yield from _trailing_stop(settings)


def missing_for_start(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what a bot needs to be told before it can ask a strategy."""
    if not settings.exchange.name:
        yield "exchange.name", 'missing; expected an exchange that ccxt knows, or "simulated"'
    needs_whitelist = any(pairlist.get("method") == "StaticPairList" for pairlist in settings.pairlists)
    if needs_whitelist and not settings.exchange.pair_whitelist:
        yield "exchange.pair_whitelist", 'missing; StaticPairList expects pairs, e.g. ["BTC/USDT"]'
    if settings.trading_mode is TradingMode.MARGIN:
        yield "trading_mode", 'expected "spot" or "futures", found "margin", which is not there'
    elif settings.trading_mode is TradingMode.FUTURES:
        yield from _futures(settings)
    yield from _not_there(settings)
    if not settings.strategy:
        yield "strategy", "missing; expected a strategy's class name, here or with --strategy"


def _not_there(settings: Settings) -> Iterator[tuple[str, str]]:
    other = "and choose a strategy that does without; open trades are looked after then"
    if settings.freqai.get("enabled"):
        text = f"expected false, found true; machine learning is not there: switch it off {other}"
        yield "freqai.enabled", text
    if settings.exchange.use_public_trades and settings.orderflow:
        text = f"expected false, found true; order flow is not there: switch it off {other}"
        yield "exchange.use_public_trades", text


def _futures(settings: Settings) -> Iterator[tuple[str, str]]:
    if not settings.dry_run:
        text = '"futures" is for dry-run only in this version; set dry_run to true, or trading_mode to "spot"'
        yield "trading_mode", text
    if settings.margin_mode is MarginMode.CROSS:
        yield "margin_mode", 'expected "isolated", found "cross", which is not there in this version'


def missing_for_trading(configured: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield what neither configuration, environment, command line nor strategy said."""
    if "stake_currency" not in configured:
        yield "stake_currency", 'missing; expected a currency, e.g. "USDT"'
    if "stake_amount" not in configured:
        yield "stake_amount", 'missing; expected a number or "unlimited"'


def _fiat_currency(settings: Settings) -> Iterator[tuple[str, str]]:
    fiat = settings.fiat_display_currency
    if fiat and fiat not in _FIAT:
        near = difflib.get_close_matches(fiat.upper(), _FIAT, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        yield "fiat_display_currency", f'expected a currency such as "USD" or "EUR", found "{fiat}"{hint}'


def _trailing_stop(settings: Settings) -> Iterator[tuple[str, str]]:
    positive, offset = settings.trailing_stop_positive, settings.trailing_stop_positive_offset or 0.0
    if positive == 0.0:
        yield "trailing_stop_positive", "expected more than 0, found 0"
    elif settings.trailing_only_offset_is_reached and positive is None:
        yield "trailing_stop_positive", "missing; trailing_only_offset_is_reached needs it"
    elif positive and 0 < offset <= positive:
        text = f"expected more than trailing_stop_positive ({positive:g}), found {offset:g}"
        yield "trailing_stop_positive_offset", text


def _market_orders(settings: Settings) -> Iterator[tuple[str, str]]:
    """A market order takes the other side of the book, so its price must be read there."""
    types = settings.order_types
    if types and types.entry == "market" and settings.entry_pricing.price_side not in ("other", "ask"):
        found = settings.entry_pricing.price_side
        yield "entry_pricing.price_side", f'market entries expect "other", found "{found}"'
    if types and types.exit == "market" and settings.exit_pricing.price_side not in ("other", "bid"):
        found = settings.exit_pricing.price_side
        yield "exit_pricing.price_side", f'market exits expect "other", found "{found}"'


def _exchange(settings: Settings) -> Iterator[tuple[str, str]]:
    exchange = settings.exchange
    if exchange.demo_trading and settings.dry_run:
        yield "exchange.demo_trading", "expected false in dry-run, found true"
    if exchange.use_public_trades and not settings.orderflow:
        text = "missing; exchange.use_public_trades needs it, but is not there itself: set that to false"
        yield "orderflow", text
    if exchange.name == "simulated" and not settings.dry_run:
        yield "dry_run", "expected true with the simulated exchange, found false"
    if settings.trading_mode is TradingMode.FUTURES and not settings.margin_mode.value:
        yield "margin_mode", 'futures trading expects "isolated" or "cross", found ""'
    for pair in sorted({pair for pair in exchange.pair_whitelist if exchange.pair_whitelist.count(pair) > 1}):
        yield "exchange.pair_whitelist", f'expected each pair once, found "{pair}" more often'
    methods = [pairlist.get("method") for pairlist in settings.pairlists]
    if not methods:
        yield "pairlists", "expected at least one list, found none"
    for index, method in enumerate(methods):
        if not isinstance(method, str):
            yield f"pairlists[{index}].method", 'missing; expected a name, e.g. "StaticPairList"'


def _producers(consumer: ProducersSettings) -> Iterator[tuple[str, str]]:
    if consumer.enabled and not consumer.producers:
        yield "external_message_consumer.producers", "expected at least one bot to listen to, found none"
    names = [producer.name for producer in consumer.producers]
    for name in sorted({name for name in names if names.count(name) > 1}):
        text = f'expected each name once, found "{name}" more often'
        yield "external_message_consumer.producers", text


def _server(server: ApiServerSettings) -> Iterator[tuple[str, str]]:
    if passwords.is_hash(server.password) and not passwords.is_whole_hash(server.password):
        how = "appliance token hash-password"
        yield "api_server.password", f"expected a whole argon2 hash, e.g. from {how}, found a part of one"
    names = [token.name for token in server.tokens]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "api_server.tokens", f'expected each name once, found "{name}" more often'
    for index, proxy in enumerate(server.trusted_proxies):
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            text = f'expected an address or a network such as "10.0.0.0/8", found "{proxy}"'
            yield f"api_server.trusted_proxies[{index}]", text
    for index, origin in enumerate(server.CORS_origins):
        if origin.endswith("/"):  # browsers name an origin without it, and only the very same text matches
            text = f'expected "{origin.rstrip("/")}", found "{origin}" with a slash at its end'
            yield f"api_server.CORS_origins[{index}]", text
