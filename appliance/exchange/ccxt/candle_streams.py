"""Receive candles as they form, through ccxt's streaming class of an exchange.

So a candle is there when it closes, without a request. Candles that do not arrive, or cannot be trusted
(`stream_trust.py`), are requested as if there were no streams: they may break at any time.
"""

import asyncio
import functools
import logging
import random
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from appliance.exchange.ccxt.errors import scrubbed
from appliance.exchange.ccxt.loading import share_markets
from appliance.exchange.ccxt.protocol import CcxtExchange, Json
from appliance.exchange.ccxt.stream_trust import StreamedCandles

if TYPE_CHECKING:
    from appliance.domain.market import Candles

logger = logging.getLogger(__name__)
Key = tuple[str, str]
"""A pair and a timeframe."""

_SILENT_AFTER = 2
"""After so many candles with trades that the stream did not send, the connection is renewed."""
_BETWEEN_RENEWALS = 300.0
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 300.0


class CcxtCandleStreams:
    """Subscribe to candles. `make` blocks and returns ccxt's instance, with markets, not connected.

    `on_data` is called whenever the exchange sends something.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], CcxtExchange | None],
        secrets: Iterable[str] = (),
        on_data: Callable[[], None] = lambda: None,
    ) -> None:
        self._name, self._make, self._secrets, self._on_data = name, make, tuple(secrets), on_data
        self._exchange: CcxtExchange | None = None
        self._keys: frozenset[Key] = frozenset()
        self._candles: dict[Key, StreamedCandles] = {}
        self._subscriptions: dict[Key, asyncio.Task[None]] = {}
        self._starting: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._renewed_at = -_BETWEEN_RENEWALS
        self._is_logged = False

    def subscribe(self, keys: Iterable[Key]) -> None:
        """Subscribe to these from now on, and to nothing else."""
        wanted = frozenset(keys)
        if wanted == self._keys:
            return
        self._keys = wanted
        for key in self._subscriptions.keys() - wanted:
            self._subscriptions.pop(key).cancel()
            del self._candles[key]
        if self._exchange is not None:
            self._subscribe_to_all(self._exchange)
        elif self._starting is None:
            self._starting = asyncio.create_task(self._start())

    def closed(self, key: Key, after_ms: int, current_ms: int) -> "Candles | None":
        """Return all candles that opened after `after_ms` and before `current_ms`; None: request them."""
        import numpy as np

        candles = self._candles.get(key)
        found = candles.closed(after_ms, current_ms) if candles else None
        return None if found is None else np.array(found)

    def is_trusted(self, key: Key) -> bool:
        """Return whether it is worth waiting a moment for the stream."""
        candles = self._candles.get(key)
        return candles is not None and candles.is_trusted

    def corrected_ms(self, key: Key) -> int | None:
        """Return when the first candle opened that was used and has been corrected since."""
        candles = self._candles.get(key)
        return None if candles is None else candles.corrected_ms

    def compare(self, key: Key, answered: "Candles", current_ms: int) -> None:
        """Learn from an answer whether the stream of `key` can be trusted, and whether it is silent."""
        candles = self._candles.get(key)
        if candles is None:
            return
        if candles.compare(answered, current_ms):
            level = logging.WARNING if candles.is_hopeless else logging.INFO
            logger.log(
                level, "%s: candles of the stream of %s %s differ from those requested.", self._name, *key
            )
            if candles.is_hopeless:
                self._subscriptions[key].cancel()
        elif candles.missed >= _SILENT_AFTER and not candles.is_hopeless:
            self._renew()

    def use_markets(self, loaded: CcxtExchange) -> None:
        """Take over reloaded markets."""
        if self._exchange is not None:
            share_markets(loaded, self._exchange)

    async def close(self) -> None:
        self._keys = frozenset()
        tasks = [task for task in (self._starting, self._renewing, *self._subscriptions.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._subscriptions.clear()
        if self._exchange is not None:
            self._exchange.timeout_on_exit = 0
            await self._exchange.close()

    # -- connecting ------------------------------------------------------------------------------------

    async def _start(self) -> None:
        try:
            exchange = await asyncio.to_thread(self._make)
        except Exception as error:  # noqa: BLE001 - anything may fail in ccxt: candles can be had without it
            self._log_once(_text(error, self._secrets))
            return
        if exchange is None:
            logger.info("%s has no candle streams: candles are requested.", self._name)
            return
        exchange.on_error = self._resetting(exchange.on_error)
        exchange.on_close = self._resetting(exchange.on_close)
        self._exchange = exchange
        self._subscribe_to_all(exchange)

    def _subscribe_to_all(self, exchange: CcxtExchange) -> None:
        for key in sorted(self._keys - self._subscriptions.keys()):
            self._candles.setdefault(key, StreamedCandles(key[1]))
            self._subscriptions[key] = asyncio.create_task(self._receive(exchange, key))

    def _resetting(self, hook: Callable[[Json, Json], None]) -> Callable[[Json, Json], None]:
        """Wrap ccxt's hook for connections that end: candles from before do not continue after."""

        @functools.wraps(hook)
        def resetting(client: Json, reason: Json) -> None:
            self._reset()
            hook(client, reason)

        return resetting

    def _reset(self) -> None:
        if self._exchange is not None:
            self._exchange.ohlcvs = {}
        for candles in self._candles.values():
            candles.reset()

    def _renew(self) -> None:
        """Reconnect, where that was not tried just now: a subscription may have been lost unnoticed."""
        now = time.monotonic()
        if self._exchange is None or now - self._renewed_at < _BETWEEN_RENEWALS:
            return
        self._renewed_at = now
        logger.info("%s: candle streams are silent; reconnecting.", self._name)
        self._renewing = asyncio.create_task(self._reconnect(self._exchange))

    async def _reconnect(self, exchange: CcxtExchange) -> None:
        tasks = list(self._subscriptions.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._subscriptions.clear()
        await exchange.close_ws_clients()
        self._reset()
        for candles in self._candles.values():
            candles.missed = 0
        self._subscribe_to_all(exchange)

    # -- receiving -------------------------------------------------------------------------------------

    async def _receive(self, exchange: CcxtExchange, key: Key) -> None:
        """Receive the candles of one pair and timeframe, for ever."""
        candles, failures = self._candles[key], 0
        while not candles.is_hopeless:
            try:
                await exchange.watch_ohlcv(*key)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                failures += 1  # not us: ccxt cancels what it waits for when it closes a connection
                self._failed(candles, "connection closed")
            except Exception as error:  # noqa: BLE001 - anything may come over a stream; the task goes on
                failures += 1
                self._failed(candles, _text(error, self._secrets))
            else:
                failures = 0
                self._take(key, candles)
                continue
            delay = min(_FIRST_DELAY * 2.0 ** (failures - 1), _LONGEST_DELAY)
            await asyncio.sleep(delay * random.uniform(0.8, 1.2))

    def _take(self, key: Key, candles: StreamedCandles) -> None:
        """Read from ccxt's own store: what it returns may be of another timeframe."""
        self._on_data()
        pair, timeframe = key
        stored = (self._exchange.ohlcvs if self._exchange else None) or {}
        candles.take((stored.get(pair) or {}).get(timeframe) or ())
        if self._is_logged:
            self._is_logged = False
            logger.info("%s: candle streams work again.", self._name)

    def _failed(self, candles: StreamedCandles, reason: str) -> None:
        candles.reset()
        self._log_once(reason)

    def _log_once(self, reason: str) -> None:
        """Log a failure once, until a candle arrives again."""
        log = logger.debug if self._is_logged else logger.info
        log("%s: candle streams failed (%s); candles are requested.", self._name, reason)
        self._is_logged = True


def _text(error: Exception, secrets: Iterable[str]) -> str:
    return scrubbed(f"{type(error).__name__}: {error}", tuple(secrets))
