"""Check whether the settings fit together. Pure functions; one line for each problem."""

import difflib
import ipaddress
import math
from collections import Counter
from collections.abc import Container, Iterable, Iterator

from appliance.config import passwords
from appliance.config.sections.exchange import REPLAYED, SIMULATED
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
    """Yield key path and text of each problem that does not depend on the strategy."""
    yield from _fiat_currency(settings)
    yield from _market_orders(settings)
    yield from _exchange(settings)
    yield from _pairs(settings)
    yield from _server(settings.api_server)
    yield from message_faults(settings)
    yield from _producers(settings.external_message_consumer)
    if settings.trailing_stop and settings.trailing_stop_positive is not None:
        yield from _trailing_stop(settings)
    if settings.edge.get("enabled"):
        text = "expected false, found true; freqtrade removed edge, and it is not supported here either"
        yield "edge.enabled", text


def inconsistencies_with_strategy(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield key path and text of each problem, once the settings of the strategy are applied."""
    yield from inconsistencies(settings)
    if settings.stake_amount == "unlimited" and math.isinf(settings.max_open_trades):
        text = 'expected a number, found "unlimited" without max_open_trades; set one of the two to a number'
        yield "stake_amount", text
    if settings.trailing_stop and settings.trailing_stop_positive is None:
        yield from _trailing_stop(settings)


def missing_for_start(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the missing or unsupported settings that a bot needs before it loads a strategy."""
    if not settings.exchange.name:
        yield "exchange.name", 'missing; expected an exchange that ccxt knows, "simulated" or "replayed"'
    needs_whitelist = any(pairlist.get("method") == "StaticPairList" for pairlist in settings.pairlists)
    if needs_whitelist and not settings.exchange.pair_whitelist:
        yield "exchange.pair_whitelist", 'missing; StaticPairList expects a list of pairs, e.g. ["BTC/USDT"]'
    if settings.trading_mode is TradingMode.MARGIN:
        yield "trading_mode", 'expected "spot" or "futures", found "margin", which is not supported'
    elif settings.trading_mode is TradingMode.FUTURES:
        yield from _futures(settings)
    yield from _unsupported(settings)
    if not settings.strategy:
        yield "strategy", "missing; expected the class name of a strategy, here or with --strategy"


def _unsupported(settings: Settings) -> Iterator[tuple[str, str]]:
    advice = "set it to false and use a strategy without it; open trades stay protected"
    if settings.freqai.get("enabled"):
        text = f"expected false, found true; machine learning is not supported: {advice}"
        yield "freqai.enabled", text
    if settings.exchange.use_public_trades and settings.orderflow:
        text = f"expected false, found true; order flow is not supported: {advice}"
        yield "exchange.use_public_trades", text


def _futures(settings: Settings) -> Iterator[tuple[str, str]]:
    if not settings.dry_run:
        text = 'live trading expects "spot", found "futures", which is for dry-run only in this version'
        yield "trading_mode", text
    if settings.margin_mode is MarginMode.CROSS:
        yield "margin_mode", 'expected "isolated", found "cross", which is not supported'


def missing_for_trading(configured: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield the required settings that neither the configuration nor the strategy sets."""
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
        yield "trailing_stop_positive", "missing; trailing_only_offset_is_reached requires it"
    elif positive and 0 < offset <= positive:
        text = f"expected more than trailing_stop_positive ({positive:g}), found {offset:g}"
        yield "trailing_stop_positive_offset", text


def _market_orders(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield price sides that do not fit market orders, which fill on the other side of the book."""
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
        text = "missing; exchange.use_public_trades requires it, but is not supported: set that to false"
        yield "orderflow", text
    if exchange.name in (SIMULATED, REPLAYED) and not settings.dry_run:
        yield "dry_run", f"expected true with the {exchange.name} exchange, found false"
    if exchange.name == REPLAYED:
        yield from _replayed(settings)
    if settings.trading_mode is TradingMode.FUTURES and not settings.margin_mode.value:
        yield "margin_mode", 'expected "isolated" in futures trading, found ""'


def _replayed(settings: Settings) -> Iterator[tuple[str, str]]:
    replayed = settings.exchange.replayed
    if replayed.exchange in ("", REPLAYED):
        text = "missing; expected the name of the exchange whose downloaded candles are played"
        yield "exchange.replayed.exchange", text
    if replayed.start and replayed.end and replayed.start >= replayed.end:
        text = f"expected a time after exchange.replayed.start, found {replayed.end.isoformat()}"
        yield "exchange.replayed.end", text


def _pairs(settings: Settings) -> Iterator[tuple[str, str]]:
    for pair in _repeated(settings.exchange.pair_whitelist):
        yield "exchange.pair_whitelist", f'expected each pair once, found "{pair}" more than once'
    if not settings.pairlists:
        yield "pairlists", "expected at least one pair list, found none"
    for index, pairlist in enumerate(settings.pairlists):
        if not isinstance(pairlist.get("method"), str):
            yield f"pairlists[{index}].method", 'missing; expected a name, e.g. "StaticPairList"'


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _producers(consumer: ProducersSettings) -> Iterator[tuple[str, str]]:
    if consumer.enabled and not consumer.producers:
        yield "external_message_consumer.producers", "expected at least one bot to subscribe to, found none"
    for name in _repeated(producer.name for producer in consumer.producers):
        text = f'expected each name once, found "{name}" more than once'
        yield "external_message_consumer.producers", text


def _server(server: ApiServerSettings) -> Iterator[tuple[str, str]]:
    if passwords.is_hash(server.password) and not passwords.is_whole_hash(server.password):
        text = "expected a complete argon2 hash, found a part of one; make one: appliance token hash-password"
        yield "api_server.password", text
    for name in _repeated(token.name for token in server.tokens):
        yield "api_server.tokens", f'expected each name once, found "{name}" more than once'
    for index, proxy in enumerate(server.trusted_proxies):
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            text = f'expected an address or a network such as "10.0.0.0/8", found "{proxy}"'
            yield f"api_server.trusted_proxies[{index}]", text
    for index, origin in enumerate(server.CORS_origins):
        if origin.endswith("/"):  # browsers send an origin without it, and only an identical text matches
            text = f'expected "{origin.rstrip("/")}", found "{origin}" with a trailing slash'
            yield f"api_server.CORS_origins[{index}]", text
