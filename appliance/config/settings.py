"""All settings of the bot, typed and frozen; attribute names are the keys of a freqtrade configuration."""

from typing import Annotated, Any

from msgspec import field

from appliance.config.documented import doc
from appliance.config.sections.exchange import ExchangeSettings, SimulatedSettings
from appliance.config.sections.notifications import NotificationsSettings
from appliance.config.sections.operation import Internals, OperationSettings
from appliance.config.sections.orders import (
    DepthOfMarket,
    EntryPricing,
    ExitPricing,
    OrderTimeInForce,
    OrderTypes,
    UnfilledTimeout,
)
from appliance.config.sections.producers import ProducersSettings
from appliance.config.sections.server import ApiServerSettings
from appliance.config.sections.telegram import TelegramSettings
from appliance.config.sections.webhooks import DiscordSettings, WebhookSettings

__all__ = [
    "ApiServerSettings",
    "DepthOfMarket",
    "DiscordSettings",
    "EntryPricing",
    "ExchangeSettings",
    "ExitPricing",
    "Internals",
    "NotificationsSettings",
    "OrderTimeInForce",
    "OrderTypes",
    "Settings",
    "SimulatedSettings",
    "TelegramSettings",
    "UnfilledTimeout",
    "WebhookSettings",
]


class Settings(OperationSettings, frozen=True, kw_only=True):
    """One configuration, merged from all its sources.

    Its fields come in four steps, since msgspec inherits from one base only: money (`StakeSettings`),
    strategy (`StrategySettings`), operation (`OperationSettings`), and the sections below.

    What a strategy may set as well (see there) is None where the configuration is silent.
    """

    entry_pricing: Annotated[EntryPricing, doc("Price of entries.")] = field(default_factory=EntryPricing)
    exit_pricing: Annotated[ExitPricing, doc("Price of exits.")] = field(default_factory=ExitPricing)
    exchange: Annotated[ExchangeSettings, doc("The exchange.")] = field(default_factory=ExchangeSettings)
    pairlists: Annotated[
        tuple[dict[str, Any], ...], doc("Where pairs come from and what filters them, in order.")
    ] = field(default=({"method": "StaticPairList"},))
    protections: Annotated[
        tuple[dict[str, Any], ...], doc("When to stop trading for a while; a strategy's own come first.")
    ] = ()
    api_server: Annotated[ApiServerSettings, doc("API and dashboard.")] = field(
        default_factory=ApiServerSettings
    )
    telegram: Annotated[TelegramSettings, doc("Messages and commands by Telegram.")] = field(
        default_factory=TelegramSettings
    )
    webhook: Annotated[WebhookSettings, doc("Messages by webhook.")] = field(default_factory=WebhookSettings)
    discord: Annotated[DiscordSettings, doc("Messages by Discord.")] = field(default_factory=DiscordSettings)
    notifications: Annotated[
        NotificationsSettings, doc("Messages by apprise, and how long messages wait.")
    ] = field(default_factory=NotificationsSettings)
    external_message_consumer: Annotated[
        ProducersSettings, doc("Bots whose analysed candles this one listens to.")
    ] = field(default_factory=ProducersSettings)
    coingecko: Annotated[dict[str, Any], doc("Access to CoinGecko for fiat prices and market caps.")] = field(
        default_factory=dict
    )
    orderflow: Annotated[
        dict[str, Any],
        doc("Order flow analysis; it needs `exchange.use_public_trades`, which is refused."),
    ] = field(default_factory=dict)
    freqai: Annotated[dict[str, Any], doc("Machine learning; not there, and refused when enabled.")] = field(
        default_factory=dict
    )
    experimental: Annotated[
        dict[str, Any], doc("Switches of freqtrade's past.", no_effect="freqtrade has moved or removed them")
    ] = field(default_factory=dict)
    edge: Annotated[dict[str, Any], doc("Removed from freqtrade; refused when enabled.")] = field(
        default_factory=dict
    )
