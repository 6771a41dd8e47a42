"""Fetch the prices of entries and exits, as the configured pricing determines them."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from appliance.bot.concurrency.side_by_side import side_by_side
from appliance.bot.state.book import PRESENT_SECONDS, TradeBook
from appliance.config.settings import EntryPricing, ExitPricing, Settings
from appliance.domain.errors import ExchangeError
from appliance.domain.market import BidAsk, OrderBook, Ticker
from appliance.domain.trade import Trade
from appliance.exchange.gateway import MarketData
from appliance.rules.pricing import book_side, is_price, price_from_book, price_from_ticker

log = logging.getLogger(__name__)


class Prices:
    """Provide entry and exit rates in quote currency, and store the last exit rate of each traded pair.

    `latest` has the last rate of each pair, for entry or exit, however old: good for estimates. To show a
    price, use `recent`.
    """

    def __init__(
        self,
        gateway: MarketData,
        settings: Settings,
        book: TradeBook,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._monotonic = monotonic
        self._gateway = gateway
        self._book = book
        self.latest: dict[str, float] = {}
        self._latest_at: dict[str, float] = {}

    async def entry_rate(self, pair: str, *, short: bool = False) -> float:
        """Return the current entry rate of `pair`. Raises `ExchangeError`."""
        return await self._rate(pair, self.settings.entry_pricing, buying=not short, entry=True)

    async def exit_rate(self, pair: str, *, short: bool = False) -> float:
        """Return the current exit rate of `pair`, and store it. Raises `ExchangeError`."""
        rate = await self._rate(pair, self.settings.exit_pricing, buying=short, entry=False)
        self._book.set_rate(pair, rate)
        return rate

    async def exit_rates(self, trades: Iterable[Trade]) -> dict[str, float]:
        """Return the current exit rates of these trades by pair, with one request, and store them.

        Each is what `exit_rate` would return. Pairs whose pricing needs more than the best offers, or whose
        offers are not available, are left out: fetch these one by one.
        """
        pricing, wanted = self.settings.exit_pricing, list(trades)
        rates = await self._from_tops(pricing, {trade.pair: trade.is_short for trade in wanted})
        for pair, rate in rates.items():
            self._book.set_rate(pair, rate)
        return rates

    async def entry_rates(self, trades: Iterable[Trade]) -> dict[str, float]:
        """Return the entry rates in the same way."""
        wanted = {trade.pair: not trade.is_short for trade in trades}
        return await self._from_tops(self.settings.entry_pricing, wanted)

    async def nearest_exit_rates(self, trades: Iterable[Trade]) -> dict[str, float]:
        """Return by pair the best offer on the side that prices exits.

        If more than the best offer counts, an exit may have a worse rate. Raises `ExchangeError`.
        """
        buying = {trade.pair: trade.is_short for trade in trades}
        tops = await self._gateway.fetch_bids_asks(list(buying))
        return _of_side(tops, self.settings.exit_pricing, buying)

    async def show(self, trades: Iterable[Trade], others: Sequence[str]) -> Mapping[str, BidAsk]:
        """Store the current exit rates of `trades`; return the best offers of the pairs `others`.

        As much as possible is fetched with one request, the rest pair by pair; what is not available is left
        out. Raises `TemporaryExchangeError` if the exchange does not answer at all.
        """
        buying = {trade.pair: trade.is_short for trade in trades}
        together = buying if self.exits_by_top else {}
        tops: Mapping[str, BidAsk] = {}
        if asked := [*dict.fromkeys([*together, *others])]:
            tops = await self._gateway.fetch_bids_asks(asked)
        known = {pair: top for pair, top in tops.items() if pair in together}
        rates = _of_side(known, self.settings.exit_pricing, buying)
        self._note(rates)
        for pair, rate in rates.items():
            self._book.set_rate(pair, rate)

        async def alone(pair: str) -> None:
            try:
                await self.exit_rate(pair, short=buying[pair])
            except ExchangeError as error:
                log.debug("The price of %s is unknown: %s", pair, error)

        await side_by_side(alone, [pair for pair in buying if pair not in rates])
        return {pair: top for pair, top in tops.items() if pair in others}

    @property
    def exits_by_top(self) -> bool:
        """Whether exits are priced by the best offer alone."""
        return _by_top(self.settings.exit_pricing)

    async def _from_tops(
        self, pricing: EntryPricing | ExitPricing, buying: Mapping[str, bool]
    ) -> dict[str, float]:
        if not buying or not _by_top(pricing):
            return {}
        try:
            tops = await self._gateway.fetch_bids_asks(list(buying))
        except ExchangeError as error:
            log.info("The prices of %d pairs are fetched one by one: %s", len(buying), error)
            return {}
        rates = _of_side(tops, pricing, buying)
        self._note(rates)
        return rates

    def recent(self, pair: str) -> float | None:
        """Return the last rate of a pair; None if it is too old to be shown."""
        at = self._latest_at.get(pair, float("-inf"))
        if self._book.priced_at(pair) > at:
            return self._book.rates.get(pair)
        return self.latest[pair] if self._monotonic() - at < PRESENT_SECONDS else None

    def _note(self, rates: Mapping[str, float]) -> None:
        self.latest |= rates
        self._latest_at |= dict.fromkeys(rates, self._monotonic())

    async def depth_ratio(self, pair: str, *, short: bool = False) -> float:
        """Return the bids' volume over the asks' (shorts: the reverse) in the book's first 1,000 levels."""
        book = await self._gateway.fetch_order_book(pair, 1000)
        bids = sum(amount for _, amount in book.bids)
        asks = sum(amount for _, amount in book.asks)
        ours, theirs = (asks, bids) if short else (bids, asks)
        return ours / theirs if theirs else 0.0

    async def _rate(
        self, pair: str, pricing: EntryPricing | ExitPricing, *, buying: bool, entry: bool
    ) -> float:
        side = book_side(pricing.price_side, buying=buying)
        if pricing.use_order_book:
            level = pricing.order_book_top
            book: OrderBook = await self._gateway.fetch_order_book(pair, level)
            rate = price_from_book(book, side, level)
        else:
            ticker: Ticker = await self._gateway.fetch_ticker(pair)
            rate = price_from_ticker(ticker, side, entry=entry, last_balance=pricing.price_last_balance)
        self._note({pair: rate})
        return rate


def _by_top(pricing: EntryPricing | ExitPricing) -> bool:
    if pricing.use_order_book:
        return pricing.order_book_top == 1
    return pricing.price_last_balance == 0


def _of_side(
    tops: Mapping[str, BidAsk], pricing: EntryPricing | ExitPricing, buying: Mapping[str, bool]
) -> dict[str, float]:
    found = {}
    for pair, top in tops.items():
        side = book_side(pricing.price_side, buying=buying[pair])
        rate = top.bid if side == "bid" else top.ask
        if rate is not None and is_price(rate):
            found[pair] = rate
    return found
