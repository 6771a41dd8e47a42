"""All settings of the bot, typed and frozen; attribute names are the keys of a freqtrade configuration."""

from typing import Annotated, Any

from msgspec import field

from appliance.config.documented import doc
from appliance.config.sections.exchange import ExchangeSettings, ReplayedSettings, SimulatedSettings
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
from appliance.config.sections.research import ResearchSettings
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
    "ReplayedSettings",
    "ResearchSettings",
    "Settings",
    "SimulatedSettings",
    "TelegramSettings",
    "UnfilledTimeout",
    "WebhookSettings",
]


class Settings(OperationSettings, frozen=True, kw_only=True):
    """A configuration, merged from all sources.

    The fields are inherited in steps, since msgspec allows one base class only: money (`StakeSettings`),
    strategy (`StrategySettings`), operation (`OperationSettings`), and the sections below.

    A setting that a strategy may define, too, is None if the configuration does not set it.
    """

    entry_pricing: Annotated[EntryPricing, doc("Prices of entries.")] = field(default_factory=EntryPricing)
    exit_pricing: Annotated[ExitPricing, doc("Prices of exits.")] = field(default_factory=ExitPricing)
    exchange: Annotated[ExchangeSettings, doc("The exchange.")] = field(default_factory=ExchangeSettings)
    pairlists: Annotated[tuple[dict[str, Any], ...], doc("Sources and filters of pairs, in order.")] = field(
        default=({"method": "StaticPairList"},)
    )
    protections: Annotated[
        tuple[dict[str, Any], ...],
        doc("Rules that lock pairs after losses; those of the strategy come first."),
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
        NotificationsSettings, doc("Messages by apprise, and limits of waiting messages.")
    ] = field(default_factory=NotificationsSettings)
    external_message_consumer: Annotated[
        ProducersSettings, doc("Producers: bots whose analysed candles this bot receives.")
    ] = field(default_factory=ProducersSettings)
    research: Annotated[ResearchSettings, doc("Backtests and downloads that clients start.")] = field(
        default_factory=ResearchSettings
    )
    coingecko: Annotated[dict[str, Any], doc("Access to CoinGecko for fiat prices and market caps.")] = field(
        default_factory=dict
    )
    orderflow: Annotated[
        dict[str, Any],
        doc("Order flow analysis; it requires `exchange.use_public_trades`, which is refused."),
    ] = field(default_factory=dict)
    freqai: Annotated[dict[str, Any], doc("Machine learning; not supported, and refused if enabled.")] = (
        field(default_factory=dict)
    )
    experimental: Annotated[
        dict[str, Any], doc("Former switches of freqtrade.", no_effect="freqtrade moved or removed them")
    ] = field(default_factory=dict)
    edge: Annotated[dict[str, Any], doc("Removed from freqtrade; refused if enabled.")] = field(
        default_factory=dict
    )
