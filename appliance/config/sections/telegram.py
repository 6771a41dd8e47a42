"""Messages and commands by Telegram; the keys are freqtrade's."""

from typing import Annotated, Literal

from msgspec import Struct, field

from appliance.config.documented import doc

Loudness = Literal["on", "silent", "off"]
ByReason = Loudness | dict[str, Loudness]


class Loudnesses(Struct, frozen=True, kw_only=True):
    """Say how loud each type of message is. What exits say may differ by exit reason; "*" is the rest."""

    status: Annotated[Loudness, doc("The bot starts, stops, pauses, reloads.")] = "on"
    warning: Annotated[Loudness, doc("Something needs a look.")] = "on"
    exception: Annotated[Loudness, doc("Something failed.")] = "on"
    startup: Annotated[Loudness, doc("What runs, told at the start.")] = "on"
    entry: Annotated[Loudness, doc("An entry order is placed.")] = "on"
    entry_fill: Annotated[Loudness, doc("An entry order is filled.")] = "off"
    entry_cancel: Annotated[Loudness, doc("An entry order is cancelled.")] = "on"
    exit: Annotated[ByReason, doc("An exit order is placed; may differ by exit reason.")] = "on"
    exit_fill: Annotated[ByReason, doc("An exit order is filled; may differ by exit reason.")] = "on"
    exit_cancel: Annotated[Loudness, doc("An exit order is cancelled.")] = "on"
    protection_trigger: Annotated[Loudness, doc("A protection locks a pair.")] = "on"
    protection_trigger_global: Annotated[Loudness, doc("A protection locks all pairs.")] = "on"
    liquidation_warning: Annotated[Loudness, doc("A position comes near its liquidation.")] = "on"
    strategy_msg: Annotated[Loudness, doc("The strategy says something.")] = "on"
    show_candle: Annotated[
        Literal["off", "ohlc"], doc("Add open, high, low and close of the last candle to entries and exits.")
    ] = "off"


class TelegramSettings(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Send messages by Telegram and take commands.")] = False
    token: Annotated[str, doc("The bot's token, from @BotFather.")] = ""
    chat_id: Annotated[str | int, doc("Chat that messages go to and commands come from.")] = ""
    topic_id: Annotated[str | int | None, doc("Topic of that group; nothing is heard outside of it.")] = None
    authorized_users: Annotated[
        tuple[str | int, ...] | None, doc("Ids of the users who may command; default: all in the chat.")
    ] = None
    allow_custom_messages: Annotated[bool, doc("Send what the strategy says with `dp.send_msg`.")] = True
    notification_settings: Annotated[Loudnesses, doc("How loud each type of message is.")] = field(
        default_factory=Loudnesses
    )
    keyboard: Annotated[
        tuple[tuple[str, ...], ...], doc("Rows of buttons with commands; default: the usual ones.")
    ] = ()
    reload: Annotated[bool, doc("Put a button under answers that asks again.")] = True
    balance_dust_level: Annotated[
        float, doc("Stake value up to which `/balance` sums currencies up; 0 is the usual.", ge=0)
    ] = 0.0
    api_url: Annotated[str, doc("Address of the Bot API, for a Bot API server of your own.")] = (
        "https://api.telegram.org"
    )
