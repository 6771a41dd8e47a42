"""One history of a bot that trades live, step by step: what it may be asked, and what may befall it.

The bot is real: ccxt's own class over HTTP, SQLite, strategy. The exchange's clock stands where it is put,
and the bot goes by it. After each step `check_safe` holds whatever the weather; `settle` lets everything come
to rest and then compares all there is to compare. `Wrong` says what does not hold.
"""

import asyncio
import contextlib
import json
import logging
import math
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from appliance.bot.assembly import assemble, exchange_clock
from appliance.bot.bot import Bot
from appliance.domain.errors import ApplianceError
from appliance.domain.trade import Trade
from appliance.exchange.ccxt import loading
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.gateway import assembled
from appliance.exchange.ccxt.market_data import CcxtMarketData
from appliance.exchange.steady_clock import SteadyClock
from appliance.reports.profit import profit
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.exchange_server.clock import BEGINNING, Clock
from tests.exchange_server.dialect import Refusal
from tests.exchange_server.engine import manual_trading
from tests.exchange_server.engine.money import cut, exact
from tests.exchange_server.engine.orders import STOPS, Order
from tests.exchange_server.faults import Fault
from tests.exchange_server.fixture import BinanceServer, start
from tests.exchange_server.settings import KEY, SECRET, ServerSettings
from tests.histories.crashes import DATABASE, Death, Deaths, Killed
from tests.support.books import BY_HAND, differences, profit_in, read
from tests.support.live_gateway import ORDER, QUICK, live_settings
from tests.support.scripted import settings
from tests.support.summing import closed_figures, made_by_day, performance

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

PAIRS = ("ETH/USDT", "BNB/USDT")
STRATEGY = """
from freqtrade.strategy import IStrategy


class Walked(IStrategy):
    timeframe = "30m"
    minimal_roi = {"0": 10}
    stoploss = -0.02
    startup_candle_count = 10
    position_adjustment_enable = True
    order_types = {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": STOPS,
                   "stoploss_on_exchange_interval": 20}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""
SPEED, LATE_SECONDS, MOST_STARTS = 60, 60.0, 6
REST = (5.0, 10.0, 15.0, 35.0, 35.0, 35.0, 35.0, 1.0, 1.0)
"""Pauses (s) between cycles that let everything come to rest: fills are told after a minute at most, orders
are asked for again up to 70 s after their end."""
NEVER_FAILS = 10**9


class Wrong(AssertionError):
    """Something does not hold that must."""


class Setup(msgspec.Struct, frozen=True):
    """How exchange and bot are set up in one history."""

    stops: bool = False
    commission: str = "received"
    pieces: int = 1
    late_balances: bool = False
    answer: str = ""

    @property
    def server(self) -> ServerSettings:
        balance = {"USDT": exact(10_000)}
        if self.commission == "BNB":
            balance["BNB"] = exact("0.002")
        return ServerSettings(
            balance=balance,
            commission=self.commission,
            most_pieces=self.pieces,
            late_balances=self.late_balances,
            answer=self.answer,
            weight_limit=NEVER_FAILS,
            orders_in_10s=NEVER_FAILS,
        )


async def an_exchange() -> BinanceServer:
    """Start an exchange whose clock stands where it is put; histories may follow each other on it."""
    return await start(speed=SPEED, clock=Clock(lambda: BEGINNING))


class QuickMarketData(CcxtMarketData):
    """Ask for few candles."""

    candle_limit = 20


class QuickConnection(Connection):
    """Load the exchange's markets once for all histories; the rest is the real connection."""

    known: ClassVar[Any] = None

    async def _load(self) -> tuple[Any, int]:
        cls = type(self)
        if cls.known is None:
            cls.known, ahead_ms = await super()._load()
            return cls.known, ahead_ms
        exchange = loading._build(type(cls.known), self._account_settings, False, self.market_type)
        loading.share_markets(cls.known, exchange)
        exchange.ssl_context = cls.known.ssl_context
        return exchange, 0


class FollowingClock(SteadyClock):
    """Follow the exchange's clock, whatever it is set to."""

    def set(self, ahead_ms: int = 0) -> None:
        super().set()


class History:
    """Hold exchange and bot of one history; all that happens in it is a method."""

    def __init__(self, folder: Path, setup: Setup, server: BinanceServer) -> None:
        self.folder, self.setup = folder, setup
        self.server = server
        self.passed = 0.0
        self.lives = 0
        self.bot: Bot | None = None
        self.death: Death
        self.messages: list[dict[str, Any]] = []
        self._deaths = Deaths()
        self._around = ExitStack()

    # -- beginning and end -----------------------------------------------------------------------------

    async def begin(self) -> None:
        self.server.begin_anew(self.setup.server)
        self._around.enter_context(self._deaths.watching())
        logging.getLogger("appliance").setLevel(logging.CRITICAL)
        await self._live()

    async def end(self) -> None:
        """Put everything away, whatever has happened."""
        try:
            await self._abandon()
        finally:
            self._around.close()
            logging.getLogger("appliance").setLevel(logging.NOTSET)

    @property
    def database(self) -> Path:
        return self.folder / f"life-{self.lives}" / DATABASE

    async def _live(self) -> None:
        """Start a bot on the present database; one that dies on the way is started again."""
        for _ in range(MOST_STARTS):
            self.database.parent.mkdir(exist_ok=True)
            self.death = Death(self.database, self.folder / f"life-{self.lives + 1}")
            self._deaths.living = self.death
            try:
                await self._assemble()
            except Killed:
                self.lives += 1
            except ApplianceError:
                self.pass_time(5)  # the program waits, and tries again
            else:
                return
        raise Wrong(f"the bot does not start again within {MOST_STARTS} attempts")

    async def _assemble(self) -> None:
        loaded = await asyncio.to_thread(self._settings)
        settings = live_settings(self.server, enable_ws=False)
        connection = QuickConnection(settings, with_account=True, retry=QUICK)
        connection.clock = FollowingClock(self.server.clock, self.server.clock)
        gateway = assembled(connection, settings, data=QuickMarketData(connection))
        await gateway.open()
        self.death.watch(connection.exchange)
        self.bot = None
        bot = await assemble(
            loaded, gateway=gateway, clock=partial(exchange_clock, monotonic=lambda: self.passed)
        )
        bot.events.subscribe(lambda message: self.messages.append(message.body()))
        self.bot = bot

    def _settings(self) -> Any:
        account = {
            "dry_run": False,
            "exchange.name": "binance",
            "exchange.key": KEY,
            "exchange.secret": SECRET,
            "exchange.pair_whitelist": list(PAIRS),
            "entry_pricing.price_side": "other",
            "exit_pricing.price_side": "other",
            "fee": None,
            "cancel_open_orders_on_exit": False,
            "db_url": f"sqlite:///{self.database}",
            "unfilledtimeout.entry": 30,
            "unfilledtimeout.exit": 30,
            "unfilledtimeout.unit": "seconds",
        }
        code = STRATEGY.replace("STOPS", str(self.setup.stops))
        return settings(self.folder, strategy="Walked", code=code, **account)

    async def _abandon(self) -> None:
        """Let go of a bot without its knowing."""
        self._deaths.living = None
        bot, self.bot = self.bot, None
        if bot is None:
            return
        this = asyncio.current_task()
        beside = [task for task in asyncio.all_tasks() if task is not this and _is_bots(task)]
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        bot._shared.thread.close()
        await bot._shared.books.store.close()
        exchange = bot._shared.markets.gateway._connection._exchange  # type: ignore[attr-defined]
        if exchange is not None:
            await exchange.session.close()
            exchange.session = exchange.tcp_connector = None
            exchange.closed_by_user = True

    # -- what the bot is asked -------------------------------------------------------------------------

    @property
    def trades(self) -> list[Trade]:
        return list(self.bot.book.open.values()) if self.bot else []

    async def enter(self, pair: str, *, rests: bool, stake: float = 100.0) -> None:
        price = self.price(pair, 0.97) if rests else None
        kind = "limit" if rests else "market"
        await self._asked(
            lambda b: b.force_enter(EntryRequest(pair=pair, price=price, order_type=kind, stake=stake))
        )

    async def exit(self, which: int, *, share: float, rests: bool) -> None:
        if not self.trades:
            return
        trade = self.trades[which % len(self.trades)]
        amount = None if share >= 1 else math.floor(trade.amount * share * 1e4) / 1e4
        price = self.price(trade.pair, 1.03) if rests else None
        kind = "limit" if rests else "market"
        await self._asked(
            lambda b: b.force_exit(
                ExitRequest(trade_id=str(trade.id), order_type=kind, amount=amount, price=price)
            )
        )

    async def cancel(self, which: int) -> None:
        if self.trades:
            trade = self.trades[which % len(self.trades)]
            await self._asked(lambda b: b.interventions.cancel_open_orders(b.state, trade.id))

    async def cycle(self, times: int = 1) -> None:
        for _ in range(times):
            await self._asked(lambda b: b.run_one_cycle())

    async def restart(self) -> None:
        """End the program properly, and start it again."""
        await self._abandon()
        await self._live()

    async def _asked(self, what: Any) -> None:
        """Ask the bot for something; what it refuses is well, and a bot that dies of it is started again."""
        try:
            with contextlib.suppress(ApplianceError):
                await what(self.bot)
        except Killed:
            pass
        if self.death.is_over:
            await self._abandon()
            self.lives += 1
            await self._live()

    # -- what befalls it -------------------------------------------------------------------------------

    def price(self, pair: str, ratio: float = 1.0) -> float:
        return round(self.server.market.price(pair, self.server.clock()) * ratio, 2)

    @property
    def open_orders(self) -> list[Order]:
        return self.server.ledger.open_orders

    def pass_time(self, seconds: float) -> None:
        self.passed += seconds
        self.server.put_clock_ahead(int(seconds * 1000))

    def fill(self, which: int, share: float, late: float = 0.0) -> None:
        """Let somebody trade with an order that rests; a stop order is reached. Reported after `late` s."""
        if not self.open_orders:
            return
        order, engine = self.open_orders[which % len(self.open_orders)], self.server.exchange.engine
        before = len(self.server.ledger.fills_of(order.id))
        if order.type in STOPS and not order.is_working:
            engine.start(order, self.server.clock())
        else:
            engine.fill(order.id, share)
        fills = self.server.ledger.fills_of(order.id)[before:]
        if late:
            self.server.exchange.told.hold_back(fills, int(late * 1000))

    def cancel_by_others(self, which: int, *, expires: bool) -> None:
        if self.open_orders:
            order = self.open_orders[which % len(self.open_orders)]
            if expires:
                self.server.exchange.engine.expire(order.id)
            else:
                manual_trading.cancel(self.server.exchange, order.id)

    def trade_by_hand(self, which: int, share: float) -> None:
        """Let the user sell coins of a position on the exchange's website."""
        self._with_coins(
            which, share, lambda pair, amount: manual_trading.sell(self.server.exchange, pair, amount)
        )

    def withdraw(self, which: int, share: float) -> None:
        self._with_coins(
            which, share, lambda pair, amount: manual_trading.withdraw(self.server.exchange, pair[:3], amount)
        )

    def _with_coins(self, which: int, share: float, do: Any) -> None:
        if not self.trades:
            return
        trade = self.trades[which % len(self.trades)]
        step = exact(self.server.market.markets[trade.pair].amount_precision)
        free = min(self.server.ledger.free(trade.safe_base_currency), exact(trade.amount))
        amount = cut(free * exact(share), step)
        if amount > 0:
            with contextlib.suppress(Refusal):
                do(trade.pair, amount)

    @property
    def awaited_faults(self) -> int:
        """How many faults wait for a request."""
        faults = self.server.faults
        return faults.awaited

    def befall(self, kind: str, method: str, **how: Any) -> None:
        """Have something go wrong with the next request of this method for an order."""
        self.server.faults.add(Fault(kind=kind, path=ORDER, method=method, times=1, **how))

    def kill(self, moment: str, times: int) -> None:
        self.death.arm(moment, times)

    # -- what must hold --------------------------------------------------------------------------------

    def check_safe(self) -> None:
        """Raise `Wrong` where something does not hold that must hold in any weather."""
        if self.bot is None:
            return
        self._check_told()
        self._check_orders()
        self._check_nothing_sold_twice()
        self._check_reports()

    def _check_told(self) -> None:
        for message in self.messages:
            if message["type"] == "exception":
                raise Wrong(f"an error inside the bot: {message['status']}")
        if self.bot and self.bot._shared.books.pending.in_trouble:
            raise Wrong("something cannot be written down although the database is well")

    def _check_orders(self) -> None:
        """An order belongs to one trade, and has not filled more than it has."""
        books, ledger = read(self.database), self.server.ledger
        owners: dict[str, int] = {}
        for row in books.orders:
            number = row["order_id"]
            if owners.setdefault(number, row["ft_trade_id"]) != row["ft_trade_id"]:
                raise Wrong(f"order {number} belongs to two trades in the database")
            order = ledger.orders.get(int(number)) if number.isdecimal() else None
            if order is not None and (row["filled"] or 0.0) > float(order.executed) + 1e-9:
                raise Wrong(f"order {number} filled {order.executed}, the database says {row['filled']}")
        held: dict[str, int] = {}
        for trade in self.trades:
            for each in trade.orders:
                if held.setdefault(each.order_id, trade.id) != trade.id:
                    raise Wrong(f"order {each.order_id} belongs to two open trades")
        clients = [order.client_id for order in ledger.orders.values()]
        repeated = sum(struck.kind == "repeated" for struck in self.server.faults.struck)
        if len(clients) - len(set(clients)) > repeated:
            raise Wrong("an order was sent twice under one id")

    def _check_nothing_sold_twice(self) -> None:
        """The bot sells no more than it has bought."""
        ledger = self.server.ledger
        for pair in PAIRS:
            ours = [
                o for o in ledger.orders.values() if o.pair == pair and not o.client_id.startswith(BY_HAND)
            ]
            bought = sum(float(order.executed) for order in ours if order.is_buy)
            sold = sum(float(order.executed) for order in ours if not order.is_buy)
            if sold > bought + self._lot(pair):
                raise Wrong(f"{pair}: {sold:.8f} sold of {bought:.8f} bought")

    def _check_reports(self) -> None:
        """Memory, database and reports say the same of what was made, and of what is open."""
        assert self.bot is not None
        book = self.bot.book
        made, by_pair = profit_in(self.database)
        closed, now = closed_figures(book.closed, 10_000.0), self.bot.now()
        told = profit(closed, self.trades, book.rates, balance=10_000.0, first_started=None, now=now)
        if abs(told.profit_closed_coin - made) > 1e-6:
            raise Wrong(f"/profit says {told.profit_closed_coin}, the database {made}")
        listed = {entry.pair: entry.profit_abs for entry in performance(book.closed)}
        if any(abs(listed.get(pair, 0.0) - one) > 1e-6 for pair, one in by_pair.items()):
            raise Wrong(f"/performance says {listed}, the database {by_pair}")
        by_day = sum(day.profit for day in made_by_day(book.closed).values())
        if abs(by_day - made) > 1e-6:
            raise Wrong(f"/daily says {by_day}, the database {made}")

    async def settle(self) -> None:
        """Let the weather clear and everything come to rest; then everything must agree."""
        self.server.faults.clear()
        self.death.disarm()
        for pause in REST:
            self.pass_time(pause)
            await self.cycle()
        await self._fill_what_must_stay()
        self.check_safe()
        self._check_agreement()
        self._check_protection()

    async def _fill_what_must_stay(self) -> None:
        """Fill the rest of orders that are partly filled, and stay as too little to sell would be left."""
        begun = [order for order in self.open_orders if order.executed]
        for order in begun:
            self.server.exchange.engine.fill(order.id, 1.0)
        if begun:
            await self.cycle(2)

    async def exit_all(self) -> None:
        """Leave every trade at the market; each exit must be possible. Then nothing must be left."""
        assert self.bot is not None
        for trade in self.trades:
            try:
                await self.bot.force_exit(ExitRequest(trade_id=str(trade.id), order_type="market"))
            except ApplianceError as error:
                raise Wrong(f"{trade.pair} cannot be left: {error}") from error
        await self.settle()
        left = [f"{trade.amount} {trade.pair}" for trade in self.trades]
        if left:
            raise Wrong(f"still open after they were left: {left}")

    def _check_agreement(self) -> None:
        told = json.loads(json.dumps(self.server.ledger.as_json(), default=str))
        if problems := differences(told, self.database):
            raise Wrong("; ".join(problems))

    def _check_protection(self) -> None:
        """Every position can be sold, and has its stop order where that is wanted; nothing else stands."""
        standing = {str(order.id): order for order in self.open_orders}
        for trade in self.trades:
            if trade.amount <= 0:
                continue
            least = self.server.market.markets[trade.pair].cost_min or 0.0
            if trade.amount * self.price(trade.pair) < least * 0.98 and not trade.all_open_orders:
                raise Wrong(f"{trade.amount} {trade.pair} is too little to sell and holds a slot")
            if self.setup.stops and not trade.has_open_orders:
                guard = [standing[o.order_id] for o in trade.open_sl_orders if o.order_id in standing]
                covered = sum(float(order.remaining) for order in guard)
                if covered < trade.amount * 0.98:
                    raise Wrong(f"{trade.amount} {trade.pair} has a stop order for {covered}")
        known = {order.order_id for trade in self.trades for order in trade.all_open_orders}
        if stray := [
            n for n, o in standing.items() if n not in known and not o.client_id.startswith(BY_HAND)
        ]:
            raise Wrong(f"orders that stand for no trade: {stray}")

    def _lot(self, pair: str) -> float:
        return self.server.market.markets[pair].amount_precision + 1e-9


def _is_bots(task: asyncio.Task[Any]) -> bool:
    """Tell a bot's task from those of the exchange server."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and "/appliance/" in code.co_filename
