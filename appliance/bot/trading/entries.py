"""Open trades: decide stake and price, ask the strategy, write the trade down and place its order."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from appliance.bot.orders.placing import Orders
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.markets import Markets
from appliance.bot.state.pair_mutexes import PairLocks
from appliance.bot.state.prices import Rates
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.bot.strategy_host.analyst import Analyst
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.bot.trading.stake_limits import StakeLimits
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ExchangeError, Refused, StorageError
from appliance.domain.market import Market, OrderRequest
from appliance.domain.money import price_to_tick
from appliance.domain.timeframe import minutes
from appliance.domain.trade import Trade
from appliance.rules.exits import REASON_LENGTH
from appliance.rules.leverage import largest_leverage
from appliance.rules.pricing import within_distance
from appliance.rules.stake import allowed_stake, bought_with, worth_of
from appliance.rules.trade_requests import EntryRequest

log = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False)
class Entries:
    """Turn entry signals and people's wishes into trades."""

    setup: Setup
    clock: Clock
    books: Books
    markets: Markets
    prices: Rates
    wallets: Wallets
    mutexes: PairLocks
    stake_limits: StakeLimits
    calls: StrategyCalls
    orders: Orders
    analyst: Analyst

    def __post_init__(self) -> None:
        self._told: dict[str, str] = {}

    async def enter_on_signals(self, whitelist: list[str]) -> int:
        """Open what the newest signals ask for, in the whitelist's order, while slots are free."""
        opened = 0
        traded = {trade.pair for trade in self.books.trades.open.values()}
        for pair in whitelist:
            if self.setup.free_slots(len(self.books.trades.open)) < 1:
                break
            if pair in traded:
                continue
            request = self._wanted(pair)
            if request is None:
                continue
            async with self.mutexes.entering, self.mutexes.acting_on(pair):
                opened += await self._try_to_enter(request)
        return opened

    def _wanted(self, pair: str) -> EntryRequest | None:
        """Return the entry that the pair's newest signal asks for, unless a lock forbids it."""
        signal = self.analyst.signal(pair)
        if signal is None:
            return None
        resolved, now = self.setup.resolved, self.clock.now()
        side = signal.entry(
            can_short=resolved.can_short and self.setup.settings.trading_mode != TradingMode.SPOT
        )
        if side is None or signal.is_expired(
            resolved.timeframe, now, resolved.ignore_buying_expired_candle_after
        ):
            return None
        # A lock until the next candle holds until that candle's own signal is there.
        closed = signal.candle_date + timedelta(seconds=self.analyst.timeframe_seconds)
        lock = self.books.locks.holding(pair, side, min(now, closed))
        if lock is not None:
            until = lock.lock_end_time.strftime("%Y-%m-%d %H:%M:%S")
            self._tell_once(pair, f"{pair} is locked until {until}: {lock.reason or 'no reason given'}")
            return None
        return EntryRequest(pair=pair, side=side, tag=signal.enter_tag)

    async def _try_to_enter(self, request: EntryRequest) -> bool:
        trades = self.books.trades
        if self.setup.free_slots(len(trades.open)) < 1 or trades.of_pair(request.pair) is not None:
            return False
        try:
            if not await self._deep_enough(request):
                return False
            return await self.enter(request) is not None
        except StorageError:
            return False  # it has been told; what cannot be written down is not done
        except (Refused, ExchangeError) as error:
            self._tell_once(request.pair, f"Did not enter {request.pair}: {error}")
            return False

    async def _deep_enough(self, request: EntryRequest) -> bool:
        wanted = self.setup.settings.entry_pricing.check_depth_of_market
        if not wanted.enabled or wanted.bids_to_ask_delta <= 0:
            return True
        ratio = await self.prices.depth_ratio(request.pair, short=request.is_short)
        return ratio >= wanted.bids_to_ask_delta

    async def enter(self, request: EntryRequest) -> Trade | None:
        """Open a trade; the caller holds `entering` and the pair.

        None: the strategy says no, or the stake is too small.
        Raises `Refused` when too little money is left, `ExchangeError` when the exchange refuses or fails.
        """
        if self.books.lost:
            raise Refused(f"{self.books.lost}: nothing is entered until the bot is restarted")
        await self.wallets.purse.catch_up()
        pair, side, tag = request.pair, request.side, request.tag
        market = self.markets.market(pair)
        proposed = request.stake or self.wallets.get_trade_stake_amount(pair, self.setup.max_open_trades)
        rate = await self._entry_rate(request, market)
        leverage = await self._leverage(request, rate, proposed)
        stake = await self._stake(request, proposed, rate, leverage)
        order_type = request.order_type or self.setup.resolved.order_types["entry"]
        amount = bought_with(stake, rate, leverage, market)
        if amount <= 0:
            self._tell_once(
                pair, f"Did not enter {pair}: the stake of {stake:.8g} is too small to buy anything"
            )
            return None
        asked_for = worth_of(stake, rate, leverage)
        if not await self.calls.confirms_entry(
            pair, order_type=order_type, amount=asked_for, rate=rate, tag=tag, side=side
        ):
            self._tell_once(pair, f"The strategy did not confirm the entry of {pair}")
            return None
        trade = self._new_trade(request, market, rate=rate, stake=stake, leverage=leverage)
        trade.adjust_stop_loss(rate, self.setup.resolved.stoploss, initial=True)
        wanted = OrderRequest(
            pair=pair,
            side=trade.entry_side,
            order_type=order_type,
            amount=amount,
            price=rate,
            leverage=leverage,
            tag=tag,
            time_in_force=self.setup.resolved.order_time_in_force["entry"],
        )
        await self.orders.place(trade, wanted)
        self._told.pop(pair, None)
        return trade

    async def _entry_rate(self, request: EntryRequest, market: Market) -> float:
        short = request.is_short
        try:
            present = await self.prices.entry_rate(request.pair, short=short)
        except ExchangeError:
            if not request.price:
                raise
            present = request.price  # what a person names is enough to go on
        proposed = request.price or present
        asked = await self.calls.entry_price(request.pair, None, proposed, request.tag, request.side)
        if asked != proposed:
            asked = within_distance(asked, proposed, self.setup.settings.custom_price_max_distance_ratio)
        return price_to_tick(asked, market.price_precision, market.precision_mode)

    async def _leverage(self, request: EntryRequest, rate: float, stake: float) -> float:
        """Return the leverage that is asked for, not below 1 nor beyond what this stake may have."""
        futures = self.markets.futures
        if futures is None:
            return 1.0
        most = largest_leverage(await futures.leverage_tiers(request.pair), stake)
        if request.leverage:
            return min(max(request.leverage, 1.0), most)
        return await self.calls.leverage(request.pair, rate, most, request.tag, request.side)

    async def _stake(self, request: EntryRequest, proposed: float, rate: float, leverage: float) -> float:
        """Return the stake, fitted into the limits of exchange and wallet; 0 where that is not possible."""
        least, largest = await self.stake_limits.of(
            request.pair, rate, stoploss=self.setup.resolved.stoploss, leverage=leverage
        )
        available = self.wallets.get_available_stake_amount()
        stake = await self.calls.stake(
            request.pair,
            rate=rate,
            stake=proposed,
            least=least,
            largest=min(largest, available),
            leverage=leverage,
            tag=request.tag,
            side=request.side,
        )
        return allowed_stake(stake, least=least, largest=largest, available=available)

    def _new_trade(
        self,
        request: EntryRequest,
        market: Market,
        *,
        rate: float,
        stake: float,
        leverage: float,
    ) -> Trade:
        fee = self.markets.fee(request.pair, maker=True)  # until the exchange says what it took
        return Trade(
            exchange=self.markets.gateway.name,
            pair=request.pair,
            base_currency=market.base,
            stake_currency=self.setup.settings.stake_currency,
            fee_open=fee,
            fee_close=fee,
            open_rate=rate,
            open_rate_requested=rate,
            stake_amount=stake,
            amount=0.0,
            amount_requested=worth_of(stake, rate, leverage),
            funding_fees=0.0,
            open_date=self.clock.now(),
            strategy=self.setup.strategy.get_strategy_name(),
            enter_tag=request.tag[:REASON_LENGTH] if request.tag else request.tag,
            timeframe=minutes(self.setup.resolved.timeframe),
            trading_mode=self.setup.settings.trading_mode,
            amount_precision=market.amount_precision,
            price_precision=market.price_precision,
            precision_mode=market.precision_mode,
            precision_mode_price=market.precision_mode,
            contract_size=market.contract_size or 1.0,
            leverage=leverage,
            is_short=request.is_short,
        )

    def _tell_once(self, pair: str, text: str) -> None:
        if self._told.get(pair) != text:
            self._told[pair] = text
            log.info("%s", text)
