"""Hear candles as they form, through ccxt's streaming class of an exchange.

They are heard so that a candle is there when it closes and nobody has to ask for it. What is not heard, or
cannot be believed (`heard_candles.py`), is asked for as if there were no streams: they may break at any time.
"""

import asyncio
import functools
import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from appliance.exchange.ccxt.errors import scrubbed
from appliance.exchange.ccxt.loading import share_markets
from appliance.exchange.ccxt.stream_trust import HeardCandles

if TYPE_CHECKING:
    from appliance.domain.market import Candles

logger = logging.getLogger(__name__)
Key = tuple[str, str]
"""A pair and a timeframe."""

_SILENT_AFTER = 2
"""So many candles that were traded and not heard of, and the connection is made anew."""
_BETWEEN_RENEWALS = 300.0
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 300.0


class CcxtCandleStreams:
    """Listen to candles. `make` blocks and returns ccxt's class, made and with markets, not connected.

    `on_heard` is called whenever the exchange tells something.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], Any],
        secrets: Iterable[str] = (),
        on_heard: Callable[[], None] = lambda: None,
    ) -> None:
        self._name, self._make, self._secrets, self._on_heard = name, make, tuple(secrets), on_heard
        self._exchange: Any = None
        self._keys: frozenset[Key] = frozenset()
        self._heard: dict[Key, HeardCandles] = {}
        self._listening: dict[Key, asyncio.Task[None]] = {}
        self._starting: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._renewed_at = -_BETWEEN_RENEWALS
        self._is_told = False

    def follow(self, keys: Iterable[Key]) -> None:
        """Listen to these from now on, and to nothing else."""
        wanted = frozenset(keys)
        if wanted == self._keys:
            return
        self._keys = wanted
        for key in self._listening.keys() - wanted:
            self._listening.pop(key).cancel()
            del self._heard[key]
        if self._exchange is not None:
            self._listen_to_all()
        elif self._starting is None:
            self._starting = asyncio.create_task(self._start())

    def closed(self, key: Key, after_ms: int, current_ms: int) -> "Candles | None":
        """Return all candles that opened after `after_ms` and before `current_ms`; None: ask for them."""
        import numpy as np

        heard = self._heard.get(key)
        found = heard.closed(after_ms, current_ms) if heard else None
        return None if found is None else np.array(found)

    def is_believed(self, key: Key) -> bool:
        """Tell whether it is worth waiting a moment for what the stream will tell."""
        heard = self._heard.get(key)
        return heard is not None and heard.is_believed

    def mended_ms(self, key: Key) -> int | None:
        """Return when the first candle opened that was handed out and has been told otherwise since."""
        heard = self._heard.get(key)
        return None if heard is None else heard.mended_ms

    def compare(self, key: Key, answered: "Candles", current_ms: int) -> None:
        """Learn from an answer whether the stream of `key` can be believed, and whether it is silent."""
        heard = self._heard.get(key)
        if heard is None:
            return
        if heard.compare(answered, current_ms):
            level = logging.WARNING if heard.is_hopeless else logging.INFO
            logger.log(level, "%s: the stream of %s %s told other candles than an answer.", self._name, *key)
            if heard.is_hopeless:
                self._listening[key].cancel()
        elif heard.missed >= _SILENT_AFTER and not heard.is_hopeless:
            self._renew()

    def use_markets(self, loaded: Any) -> None:
        if self._exchange is not None:
            share_markets(loaded, self._exchange)

    async def close(self) -> None:
        self._keys = frozenset()
        tasks = [task for task in (self._starting, self._renewing, *self._listening.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listening.clear()
        if self._exchange is not None:
            self._exchange.timeout_on_exit = 0
            await self._exchange.close()

    # -- connecting ------------------------------------------------------------------------------------

    async def _start(self) -> None:
        try:
            exchange = await asyncio.to_thread(self._make)
        except Exception as error:  # noqa: BLE001 - whatever ccxt stumbles over: candles can be had without it
            self._tell(f"cannot be listened to ({_said(error, self._secrets)})")
            return
        if exchange is None:
            logger.info("%s has no streams of candles: they are asked for.", self._name)
            return
        exchange.on_error = self._told_breaks(exchange.on_error)
        exchange.on_close = self._told_breaks(exchange.on_close)
        self._exchange = exchange
        self._listen_to_all()

    def _listen_to_all(self) -> None:
        for key in sorted(self._keys - self._listening.keys()):
            self._heard.setdefault(key, HeardCandles(key[1]))
            self._listening[key] = asyncio.create_task(self._listen(key))

    def _told_breaks(self, hook: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        """Wrap ccxt's hook for connections that end: what was heard before does not continue after."""

        @functools.wraps(hook)
        def told(client: Any, reason: Any) -> None:
            self._break_off()
            hook(client, reason)

        return told

    def _break_off(self) -> None:
        self._exchange.ohlcvs = {}
        for heard in self._heard.values():
            heard.break_off()

    def _renew(self) -> None:
        """Connect anew, where that was not tried just now: a subscription may have been lost unnoticed."""
        now = time.monotonic()
        if now - self._renewed_at < _BETWEEN_RENEWALS:
            return
        self._renewed_at = now
        logger.info("%s: streams are silent; connecting to them anew.", self._name)
        self._renewing = asyncio.create_task(self._connect_anew())

    async def _connect_anew(self) -> None:
        tasks = list(self._listening.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listening.clear()
        await self._exchange.close_ws_clients()
        self._break_off()
        for heard in self._heard.values():
            heard.missed = 0
        self._listen_to_all()

    # -- listening -------------------------------------------------------------------------------------

    async def _listen(self, key: Key) -> None:
        """Take in what is told of one pair and timeframe, for ever."""
        heard, failures = self._heard[key], 0
        while not heard.is_hopeless:
            try:
                await self._exchange.watch_ohlcv(*key)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                failures += 1  # not us: ccxt cancels what it waits for when it closes a connection
                self._failed(heard, "connection closed")
            except Exception as error:  # noqa: BLE001 - anything may come over a stream; the task goes on
                failures += 1
                self._failed(heard, _said(error, self._secrets))
            else:
                failures = 0
                self._take(key, heard)
                continue
            delay = min(_FIRST_DELAY * 2.0 ** (failures - 1), _LONGEST_DELAY)
            await asyncio.sleep(delay * random.uniform(0.8, 1.2))

    def _take(self, key: Key, heard: HeardCandles) -> None:
        """Read from ccxt's own store: what it returns may be of another timeframe (Kraken)."""
        self._on_heard()
        pair, timeframe = key
        by_timeframe: Mapping[str, Any] = (self._exchange.ohlcvs or {}).get(pair) or {}
        heard.take(by_timeframe.get(timeframe) or ())
        if self._is_told:
            self._is_told = False
            logger.info("%s: candles are heard again.", self._name)

    def _failed(self, heard: HeardCandles, what: str) -> None:
        heard.break_off()
        self._tell(f"is not heard ({what})")

    def _tell(self, what: str) -> None:
        """Log it once, until something is heard again."""
        log = logger.debug if self._is_told else logger.info
        log("%s %s: candles are asked for.", self._name, what)
        self._is_told = True


def _said(error: Exception, secrets: Iterable[str]) -> str:
    return scrubbed(f"{type(error).__name__}: {error}", tuple(secrets))
