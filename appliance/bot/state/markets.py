"""Look up the exchange's markets: steps and limits, fees, and data that only futures have."""

from appliance.bot.state.setup import Setup
from appliance.domain.enums import PrecisionMode, TradingMode
from appliance.domain.errors import PairNotFound
from appliance.domain.market import Market
from appliance.domain.trade import Trade
from appliance.exchange.gateway import FuturesData, Gateway


class Markets:
    """Look up the markets of the exchange of `gateway`."""

    def __init__(self, gateway: Gateway, setup: Setup) -> None:
        self.gateway = gateway
        self._setup = setup

    @property
    def futures(self) -> FuturesData | None:
        """Data that only futures markets have; None when trading spot markets."""
        return self.gateway.futures if self._setup.settings.trading_mode is TradingMode.FUTURES else None

    def market(self, pair: str) -> Market:
        """Return the market of a pair. Raises `PairNotFound` if the exchange no longer has it."""
        found = self.gateway.markets.get(pair)
        if found is None:
            raise PairNotFound(f"{self.gateway.name} has no pair {pair}")
        return found

    def market_of(self, trade: Trade) -> Market:
        """Return the market of a trade, built from the trade if the exchange no longer has it."""
        return self.gateway.markets.get(trade.pair) or Market(
            pair=trade.pair,
            base=trade.safe_base_currency,
            quote=trade.safe_quote_currency,
            active=False,
            amount_precision=trade.amount_precision,
            price_precision=trade.price_precision,
            precision_mode=PrecisionMode(trade.precision_mode),
            contract_size=trade.contract_size,
        )

    def fee(self, pair: str, *, maker: bool = False) -> float:
        """Return the fee as a ratio of an order's cost: the configured one, else the exchange's."""
        if self._setup.settings.fee is not None:
            return self._setup.settings.fee
        return self.gateway.fee_rate(pair, maker=maker)
