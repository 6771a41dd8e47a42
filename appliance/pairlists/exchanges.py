"""What pair lists must know about single exchanges: whose tickers leave something out, who tells delistings.

It holds for what ccxt makes of them, too. Source: the exchanges' own interfaces, as of ccxt 4.5.
"""

from appliance.domain.enums import TradingMode
from appliance.exchange.families import is_of_family

_WITHOUT_QUOTE_VOLUME = frozenset({"coinex", "krakenfutures", "okx"})
_WITHOUT_BID_AND_ASK = frozenset({"coinex", "hyperliquid"})
_TELLING_DELISTINGS = frozenset({"binance", "simulated"})
_TELLING_DELISTINGS_OF_FUTURES = frozenset({"bitget", "bybit"})


def tells_quote_volume(exchange: str) -> bool:
    return not is_of_family(exchange, _WITHOUT_QUOTE_VOLUME)


def tells_bid_and_ask(exchange: str) -> bool:
    return not is_of_family(exchange, _WITHOUT_BID_AND_ASK)


def tells_delistings(exchange: str, mode: TradingMode) -> bool:
    if mode is TradingMode.FUTURES and is_of_family(exchange, _TELLING_DELISTINGS_OF_FUTURES):
        return True
    return is_of_family(exchange, _TELLING_DELISTINGS)
