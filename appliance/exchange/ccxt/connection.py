"""Hold the connection to one exchange: ccxt's class of it, its markets and clock, and how it is asked.

Market data, account, orders and futures data each hold this object and ask through it; none of them sees
retries, pauses, clocks or ccxt's errors.
"""

import asyncio
import functools
import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import ExchangeError, PairNotFound, RateLimited, TemporaryExchangeError
from appliance.exchange.ccxt import loading, read_markets
from appliance.exchange.ccxt.errors import is_of_ccxt, translated, unreadable
from appliance.exchange.ccxt.protocol import Answer, CcxtExchange, MarketAnswer, Question, Read
from appliance.exchange.ccxt.read_markets import UNREADABLE
from appliance.exchange.ccxt.settings import SPOT, MarketType, account_settings, public_settings, secrets_of
from appliance.exchange.ccxt.transport import open_sessions, recorded
from appliance.exchange.priority import UrgentFirst
from appliance.exchange.rate_limit import Pause
from appliance.exchange.retry import RetryPolicy, retried
from appliance.exchange.steady_clock import SteadyClock
from appliance.exchange.traits import traits_of

if TYPE_CHECKING:
    from appliance.domain.market import Market

logger = logging.getLogger(__name__)
Loaded = TypeVar("Loaded")
_CLOCKS_DIFFER_MS = 10_000
"""How far two readings of the exchange's clock may differ, and how far it may be ahead, without a warning."""


class Connection:
    """Ask an exchange, translate its errors, and follow its pauses and its clock.

    `market_type` says which of its markets are meant. Credentials are sent only with `with_account`.
    """

    def __init__(
        self,
        settings: ExchangeSettings,
        market_type: MarketType = SPOT,
        *,
        with_account: bool = False,
        retry: RetryPolicy | None = None,
    ) -> None:
        self.name = settings.name
        self.market_type = market_type
        self.traits = traits_of(settings.name)
        self.retry = retry or RetryPolicy()
        self.secrets = secrets_of(settings)
        self.markets: Mapping[str, Market] = {}
        self.clock = SteadyClock()
        self._settings = public_settings(settings, market_type.name)
        self._account_settings = account_settings(settings) if with_account else self._settings
        self._demo = settings.demo_trading
        self._exchange: CcxtExchange | None = None
        self._pause = Pause()
        self._setting_clock = asyncio.Lock()
        self._answered_at = time.monotonic()
        self._account_unanswered_since: float | None = None

    # -- state -----------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self._exchange is not None

    @property
    def exchange(self) -> CcxtExchange:
        """ccxt's instance. Raises `TemporaryExchangeError` while there is none."""
        if self._exchange is None:
            raise TemporaryExchangeError(f"{self.name} is not connected.")
        return self._exchange

    def has(self, what: str) -> bool | str | None:
        """Return what ccxt says of an ability: True, False, None, or "emulated"."""
        return self._exchange.has.get(what) if self._exchange is not None else None

    def described(self, pair: str) -> MarketAnswer:
        """Return ccxt's description of a market; empty if unknown."""
        listed = self._exchange.markets if self._exchange is not None else None
        return (listed or {}).get(pair, {})

    def check(self, pair: str | None = None) -> None:
        """Raise `ExchangeError` while there is no connection, `PairNotFound` for a pair it does not have."""
        if self._exchange is None:
            raise ExchangeError(f"{self.name} is not connected.")
        if pair is not None and pair not in self.markets:
            raise PairNotFound(f"{self.name} has no pair {pair}.")

    @property
    def pause_left(self) -> float:
        """Seconds until the exchange may be asked again."""
        return self._pause.left

    @property
    def silent_for(self) -> float:
        """Seconds since the last answer; since the last about the account, while that is asked for.

        Public answers and streams do not hide that nothing of our account is answered.
        """
        since = self._answered_at
        if self._account_unanswered_since is not None:
            since = min(since, self._account_unanswered_since)
        return time.monotonic() - since

    def note_answer(self, *, of_account: bool = False) -> None:
        """Note that the exchange answered just now."""
        self._answered_at = time.monotonic()
        if of_account:
            self._account_unanswered_since = None

    # -- opening and closing ---------------------------------------------------------------------------

    async def load_markets(self) -> CcxtExchange:
        """Load markets, connecting first where there is no connection yet. Return what has loaded them.

        Raises `ConfigurationError` for what the user must change.
        """
        loaded, ahead_ms = await retried(self._load, self.retry)
        self.clock.set(ahead_ms)
        if self._exchange is None:
            self._exchange = loaded
            open_sessions(loaded)
            loaded.throttler = UrgentFirst(loaded.throttler)
        else:
            loading.share_markets(loaded, self._exchange)
        loading.set_clock(self._exchange, self.clock)
        self.markets = await asyncio.to_thread(
            read_markets.markets, loaded.markets, loaded.precisionMode, self.market_type
        )
        return loaded

    async def bases_of(self, market_type: MarketType) -> Mapping[str, frozenset[str]]:
        """Return the base currencies of the exchange's open markets of a type, by quote currency."""
        load = functools.partial(loading.bases, self.name, self._settings, market_type)
        return await retried(lambda: self.in_thread(load), self.retry)

    def unconnected(self) -> CcxtExchange:
        """Return ccxt's instance as it is before anything is asked of it. Blocks: for a worker thread."""
        return loading.bare_exchange(self.name, self._account_settings, demo=self._demo)

    def streaming(self) -> CcxtExchange | None:
        """Return ccxt's streaming instance; None where it has none. Blocks: for a worker thread."""
        return loading.streaming_exchange(self.name, self._settings, self.exchange)

    async def close(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            await exchange.close()

    async def _load(self) -> tuple[CcxtExchange, int]:
        await self._wait_for_pause()
        ready = functools.partial(
            loading.ready_exchange,
            self.name,
            self._settings,
            self._account_settings,
            demo=self._demo,
            market_type=self.market_type,
        )
        return await self.in_thread(ready)

    async def in_thread(self, load: Callable[[], Loaded]) -> Loaded:
        """Run a blocking call into ccxt in a thread, and translate its errors."""
        with recorded() as request:
            try:
                return await asyncio.to_thread(load)
            except UNREADABLE as error:
                raise unreadable(error, self.name) from error
            except Exception as error:  # ccxt's own root class is known only once it is imported
                if not is_of_ccxt(error):
                    raise
                own = translated(error, self.name, self.secrets, request.retry_after, request.status)
                self._keep_quiet(own)
                raise own from None

    # -- asking ----------------------------------------------------------------------------------------

    async def ask(self, question: Question[Answer], reading: Callable[[Answer], Read]) -> Read:
        """Ask what may be asked twice without harm, with retries, and translate what goes wrong.

        `reading` makes of the answer what is returned; an answer that it cannot read is asked for again.
        """
        return await retried(lambda: self.ask_once(question, reading), self.retry)

    async def ask_account(self, question: Question[Answer], reading: Callable[[Answer], Read]) -> Read:
        """Ask the same about our account, and note for how long there is no answer."""
        if self._account_unanswered_since is None:
            self._account_unanswered_since = time.monotonic()
        try:
            answer = await self.ask(question, reading)
        except TemporaryExchangeError:
            raise
        except ExchangeError:
            self._account_unanswered_since = None  # a refusal is an answer too
            raise
        self._account_unanswered_since = None
        return answer

    async def ask_once(self, question: Question[Answer], reading: Callable[[Answer], Read]) -> Read:
        """Ask without retries; after the exchange's pause, where that is short."""
        from ccxt.base.errors import BaseError

        await self._wait_for_pause()
        with recorded() as request:
            try:
                answer = await question(self.exchange)
                read = reading(answer)
                self.note_answer()
                self._pause.calm()
                return read
            except BaseError as error:
                own = translated(error, self.name, self.secrets, request.retry_after, request.status)
                await self.learn_from(error, own)
                raise own from None
            except UNREADABLE as error:
                raise unreadable(error, self.name) from error

    def read(self, reading: Callable[[Answer], Read], answer: Answer) -> Read:
        """Read an answer. Raises `TemporaryExchangeError` for one that cannot be read."""
        try:
            return reading(answer)
        except UNREADABLE as error:
            raise unreadable(error, self.name) from error

    async def learn_from(self, error: Exception, own: ExchangeError) -> None:
        """Pause where ccxt's error asks for it, and set the clock again where it says that clocks differ.

        `own` is the error as translated.
        """
        self._keep_quiet(own)
        if not isinstance(own, TemporaryExchangeError) or isinstance(own, RateLimited):
            self.note_answer()  # a refusal is an answer too
        if type(error).__name__ == "InvalidNonce":
            async with self._setting_clock:
                await self.set_clock()

    async def set_clock(self) -> None:
        """Sign by the exchange's time; where it cannot be had, the next refusal asks again.

        The bot's own time follows when a second answer agrees: a single one may be a slip.
        """
        from ccxt.base.errors import BaseError

        try:
            ahead_ms = await loading.clock_ahead(self.exchange, self.clock)
            loading.set_clock(self.exchange, self.clock, ahead_ms)
            if abs(ahead_ms) < _CLOCKS_DIFFER_MS:
                return
            again_ms = await loading.clock_ahead(self.exchange, self.clock)
        except (BaseError, TemporaryExchangeError, *UNREADABLE) as error:
            logger.warning("%s: comparing clocks failed (%s).", self.name, type(error).__name__)
            return
        if abs(again_ms - ahead_ms) < _CLOCKS_DIFFER_MS:
            ahead = again_ms / 1000
            logger.warning("%s: its clock is %.0f s ahead of ours; following it.", self.name, ahead)
            self.clock.put_ahead(again_ms)
            loading.set_clock(self.exchange, self.clock)

    async def _wait_for_pause(self) -> None:
        left = self._pause.left
        if left > self.retry.longest_delay:
            raise RateLimited(f"{self.name} asked for a pause; {left:.0f} s of it are left.", left)
        if left:
            await asyncio.sleep(left)

    def _keep_quiet(self, own: ExchangeError) -> None:
        if isinstance(own, RateLimited):
            if own.retry_after is None:
                self._pause.back_off(self.retry.first_delay, self.retry.longest_delay)
            else:
                self._pause.begin(own.retry_after)
