"""Ask the exchange for the prices that entries and exits are made at, as the configuration prices them."""

import logging
from collections.abc import Iterable, Mapping

from appliance.bot.book import TradeBook
from appliance.config.settings import EntryPricing, ExitPricing, Settings
from appliance.domain.errors import ExchangeError
from appliance.domain.market import BidAsk, OrderBook, Ticker
from appliance.domain.trade import Trade
from appliance.exchange.gateway import MarketData
from appliance.rules.pricing import book_side, is_price, price_from_book, price_from_ticker

log = logging.getLogger(__name__)


class Rates:
    """Answer entry and exit rates in quote currency, and keep the last exit rate of each traded pair.

    `latest` has what each pair was priced at when it was last asked for, to enter or to exit.
    """

    def __init__(self, gateway: MarketData, settings: Settings, book: TradeBook) -> None:
        self.settings = settings
        self._gateway = gateway
        self._book = book
        self.latest: dict[str, float] = {}

    async def entry_rate(self, pair: str, *, short: bool = False) -> float:
        """Return what an entry of `pair` would be priced at now. Raises `ExchangeError`."""
        return await self._rate(pair, self.settings.entry_pricing, buying=not short, entry=True)

    async def exit_rate(self, pair: str, *, short: bool = False) -> float:
        """Return what an exit of `pair` would be priced at now, and remember it. Raises `ExchangeError`."""
        rate = await self._rate(pair, self.settings.exit_pricing, buying=short, entry=False)
        self._book.set_rate(pair, rate)
        return rate

    async def exit_rates(self, trades: Iterable[Trade]) -> dict[str, float]:
        """Return by pair what exits of these trades would be priced at, with one question, and remember it.

        Each is what `exit_rate` would return now. Where that takes more than the best offers, and where they
        are not told, the pair is left out: it is to be asked for by itself.
        """
        pricing, wanted = self.settings.exit_pricing, list(trades)
        rates = await self._from_tops(pricing, {trade.pair: trade.is_short for trade in wanted})
        for pair, rate in rates.items():
            self._book.set_rate(pair, rate)
        return rates

    async def entry_rates(self, trades: Iterable[Trade]) -> dict[str, float]:
        """Return the same of entries."""
        wanted = {trade.pair: not trade.is_short for trade in trades}
        return await self._from_tops(self.settings.entry_pricing, wanted)

    async def nearest_exit_rates(self, trades: Iterable[Trade]) -> dict[str, float]:
        """Return by pair the best rate that is offered on the side at which exits are priced.

        Where more than the best offer counts, an exit may be priced worse. Raises `ExchangeError`.
        """
        buying = {trade.pair: trade.is_short for trade in trades}
        tops = await self._gateway.fetch_bids_asks(list(buying))
        return _of_side(tops, self.settings.exit_pricing, buying)

    @property
    def exits_by_top(self) -> bool:
        """Whether the best offer alone is what exits are priced at."""
        return _by_top(self.settings.exit_pricing)

    async def _from_tops(
        self, pricing: EntryPricing | ExitPricing, buying: Mapping[str, bool]
    ) -> dict[str, float]:
        if not buying or not _by_top(pricing):
            return {}
        try:
            tops = await self._gateway.fetch_bids_asks(list(buying))
        except ExchangeError as error:
            log.info("The prices of %d pairs are asked for one by one: %s", len(buying), error)
            return {}
        rates = _of_side(tops, pricing, buying)
        self.latest |= rates
        return rates

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
        self.latest[pair] = rate
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
