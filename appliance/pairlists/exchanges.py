"""What pair lists must know about single exchanges: whose tickers leave something out, who tells delistings.

Source: the exchanges' own interfaces, as of ccxt 4.5.
"""

from appliance.domain.enums import TradingMode

_WITHOUT_QUOTE_VOLUME = frozenset({"coinex", "krakenfutures", "myokx", "okx", "okxus"})
_WITHOUT_BID_AND_ASK = frozenset({"coinex", "hyperliquid"})
_TELLING_DELISTINGS = frozenset({"binance", "binanceus", "binanceusdm", "simulated"})
_TELLING_DELISTINGS_OF_FUTURES = frozenset({"bitget", "bybit"})


def tells_quote_volume(exchange: str) -> bool:
    return exchange not in _WITHOUT_QUOTE_VOLUME


def tells_bid_and_ask(exchange: str) -> bool:
    return exchange not in _WITHOUT_BID_AND_ASK


def tells_delistings(exchange: str, mode: TradingMode) -> bool:
    if mode is TradingMode.FUTURES and exchange in _TELLING_DELISTINGS_OF_FUTURES:
        return True
    return exchange in _TELLING_DELISTINGS
