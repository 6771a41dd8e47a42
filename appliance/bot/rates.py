"""Ask the exchange for the prices that entries and exits are made at, as the configuration prices them."""

from appliance.bot.book import TradeBook
from appliance.config.settings import EntryPricing, ExitPricing, Settings
from appliance.domain.market import OrderBook, Ticker
from appliance.exchange.gateway import MarketData
from appliance.rules.pricing import book_side, price_from_book, price_from_ticker


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
