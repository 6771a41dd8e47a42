"""Telegram messages and commands, with freqtrade's keys."""

from typing import Annotated, Literal

from msgspec import Struct, field

from appliance.config.documented import doc

Loudness = Literal["on", "silent", "off"]
ByReason = Loudness | dict[str, Loudness]


class Loudnesses(Struct, frozen=True, kw_only=True):
    """The loudness of each message type. Those of exits may differ by exit reason; "*" is any other."""

    status: Annotated[Loudness, doc("The bot starts, stops, pauses, reloads.")] = "on"
    warning: Annotated[Loudness, doc("A warning.")] = "on"
    exception: Annotated[Loudness, doc("An error.")] = "on"
    startup: Annotated[Loudness, doc("Summary at the start.")] = "on"
    entry: Annotated[Loudness, doc("An entry order is placed.")] = "on"
    entry_fill: Annotated[Loudness, doc("An entry order is filled.")] = "off"
    entry_cancel: Annotated[Loudness, doc("An entry order is cancelled.")] = "on"
    exit: Annotated[ByReason, doc("An exit order is placed; may differ by exit reason.")] = "on"
    exit_fill: Annotated[ByReason, doc("An exit order is filled; may differ by exit reason.")] = "on"
    exit_cancel: Annotated[Loudness, doc("An exit order is cancelled.")] = "on"
    protection_trigger: Annotated[Loudness, doc("A protection locks a pair.")] = "on"
    protection_trigger_global: Annotated[Loudness, doc("A protection locks all pairs.")] = "on"
    liquidation_warning: Annotated[Loudness, doc("A position approaches its liquidation price.")] = "on"
    strategy_msg: Annotated[Loudness, doc("A message of the strategy.")] = "on"
    show_candle: Annotated[
        Literal["off", "ohlc"],
        doc("Add open, high, low and close of the last candle to messages of entries and exits."),
    ] = "off"


class TelegramSettings(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Send messages and accept commands by Telegram.")] = False
    token: Annotated[str, doc("Token of the Telegram bot, from @BotFather.")] = ""
    chat_id: Annotated[str | int, doc("Chat for messages and commands.")] = ""
    topic_id: Annotated[str | int | None, doc("Topic of that group; commands outside of it are ignored.")] = (
        None
    )
    authorized_users: Annotated[
        tuple[str | int, ...] | None, doc("Ids of users who may send commands; default: all in the chat.")
    ] = None
    allow_custom_messages: Annotated[bool, doc("Send messages of the strategy (`dp.send_msg`).")] = True
    notification_settings: Annotated[Loudnesses, doc("Loudness of each message type.")] = field(
        default_factory=Loudnesses
    )
    keyboard: Annotated[
        tuple[tuple[str, ...], ...], doc("Rows of command buttons; default: the standard keyboard.")
    ] = ()
    reload: Annotated[bool, doc("Add a refresh button to answers.")] = True
    balance_dust_level: Annotated[
        float, doc("Stake value up to which `/balance` shows currencies as one sum; 0 for the default.", ge=0)
    ] = 0.0
    api_url: Annotated[str, doc("Address of the Bot API, to use another server.")] = (
        "https://api.telegram.org"
    )
