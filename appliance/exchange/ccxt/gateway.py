"""Trade on a real exchange, for real money: its connection, market data, account and orders put together."""

from collections.abc import Sequence

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import ConfigurationError, KeyRefused
from appliance.domain.market import Balances, ExchangeOrder, OrderRequest
from appliance.exchange.capabilities import Needs, missing
from appliance.exchange.ccxt.account import Account
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.errors import AccessRefused
from appliance.exchange.ccxt.market_data import CcxtMarketData
from appliance.exchange.ccxt.orders import Orders
from appliance.exchange.ccxt.protocol import Json, unchanged
from appliance.exchange.ccxt_import import known_names
from appliance.exchange.forwarded_market_data import ForwardedMarketData
from appliance.exchange.retry import RetryPolicy
from appliance.rules.resolution import settling_seconds


class CcxtGateway(ForwardedMarketData):
    """Answer as a real exchange (spot markets).

    `needs` is what the bot is going to ask for; `open` raises `ConfigurationError` with a line for everything
    that is missing.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        data: CcxtMarketData,
        account: Account,
        orders: Orders,
        needs: Needs,
    ) -> None:
        super().__init__(data)
        self._connection, self._account, self._orders, self._needs = connection, account, orders, needs

    async def open(self) -> None:
        """Check that everything is there, connect, load markets, and check that the account can be used."""
        bare = await self._connection.in_thread(self._connection.unconnected)
        if lines := missing(bare, self.name, self._connection.traits, self._needs):
            raise ConfigurationError(*lines)
        await self.data.open()
        await self._check_account()

    async def _check_account(self) -> None:
        """Raise `KeyRefused` where the key, or the account, may not trade."""
        connection, traits = self._connection, self._connection.traits
        try:
            if first := traits.asked_first:
                await connection.ask(lambda exchange: getattr(exchange, first)(), unchanged)
            answer = await connection.ask_account(lambda exchange: exchange.fetch_balance(), unchanged)
        except AccessRefused as error:
            raise KeyRefused(f"exchange.key: {error}") from None
        if traits.permission and (answer.get("info") or {}).get(traits.permission) is False:
            raise KeyRefused(
                f"exchange.key: {self.name} does not let this account trade ({traits.permission} is false)"
            )

    def missing(self, needs: Needs) -> Sequence[str]:
        """Return a line for everything that is needed and that this exchange does not have."""
        return missing(self._connection.exchange, self.name, self._connection.traits, needs)

    @property
    def replaces_stops(self) -> bool:
        return self._orders.replaces_stops

    @property
    def settling_seconds(self) -> float:
        if not self._connection.is_open:
            return settling_seconds(None, 0.0)
        exchange = self._connection.exchange
        window = exchange.options.get(self._connection.traits.window_option or "")
        return settling_seconds(_milliseconds(window), _milliseconds(exchange.timeout) or 0.0)

    async def create_order(self, request: OrderRequest) -> ExchangeOrder:
        return await self._orders.create_order(request)

    async def create_stop_order(self, request: OrderRequest) -> ExchangeOrder:
        return await self._orders.create_stop_order(request)

    async def cancel_order(self, order_id: str, pair: str) -> ExchangeOrder:
        return await self._orders.cancel_order(order_id, pair)

    async def fetch_order(self, order_id: str, pair: str) -> ExchangeOrder:
        return await self._account.fetch_order(order_id, pair)

    async def find_order(self, client_order_id: str, pair: str, since_ms: int) -> ExchangeOrder | None:
        return await self._account.find_order(client_order_id, pair, since_ms)

    async def fetch_open_orders(self, pair: str | None = None) -> Sequence[ExchangeOrder]:
        return await self._account.fetch_open_orders(pair)

    async def fetch_orders_since(self, pair: str, since_ms: int) -> Sequence[ExchangeOrder]:
        return await self._account.fetch_orders_since(pair, since_ms)

    async def fetch_balances(self) -> Balances:
        return await self._account.fetch_balances()

    def fee_rate(self, pair: str, *, maker: bool) -> float:
        return self._account.fee_rate(pair, maker=maker)


def live_gateway(
    settings: ExchangeSettings,
    *,
    fee: float | None = None,
    needs: Needs | None = None,
    retry: RetryPolicy | None = None,
) -> CcxtGateway:
    """Return a gateway that is not yet connected; it reads a folder: not for the event loop.

    `fee`, a ratio, replaces the exchange's own in calculations ahead. `needs` is checked when it is opened.
    Raises `ConfigurationError` for an exchange that ccxt does not know.
    """
    if settings.name not in known_names():
        raise ConfigurationError(
            f'exchange.name: live trading needs an exchange that ccxt knows, found "{settings.name}"'
        )
    connection = Connection(settings, with_account=True, retry=retry)
    return assembled(connection, settings, fee=fee, needs=needs)


def assembled(
    connection: Connection,
    settings: ExchangeSettings,
    *,
    data: CcxtMarketData | None = None,
    fee: float | None = None,
    needs: Needs | None = None,
) -> CcxtGateway:
    """Return the gateway that trades through a connection, with market data of its own unless given."""
    data = data or CcxtMarketData(connection, with_streams=settings.enable_ws)
    account = Account(connection, fee=fee)
    orders = Orders(connection, account, data, log_answers=settings.log_responses)
    return CcxtGateway(connection, account=account, orders=orders, data=data, needs=needs or Needs())


def _milliseconds(setting: Json) -> float | None:
    """Return a setting of ccxt's class as a number, as ccxt itself reads it."""
    try:
        return float(setting)
    except (TypeError, ValueError):
        return None
