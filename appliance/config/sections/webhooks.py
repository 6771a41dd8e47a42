"""Messages to a webhook, and to Discord's; the keys are freqtrade's."""

from typing import Annotated, Any, Literal

from msgspec import Struct

from appliance.config.documented import doc

Template = dict[str, Any] | None
_Fields = tuple[dict[str, Any], ...]
Fields = _Fields | None

ENTRY_FILL_FIELDS: _Fields = (
    {"Trade": "{trade_id}"},
    {"Exchange": "{exchange}"},
    {"Pair": "{pair}"},
    {"Direction": "{direction}"},
    {"Open rate": "{open_rate}"},
    {"Amount": "{amount}"},
    {"Opened": "{open_date:%Y-%m-%d %H:%M:%S}"},
    {"Enter tag": "{enter_tag}"},
    {"Strategy": "{strategy} {timeframe}"},
)
EXIT_FILL_FIELDS: _Fields = (
    *ENTRY_FILL_FIELDS[:5],
    {"Close rate": "{close_rate}"},
    {"Amount": "{amount}"},
    {"Opened": "{open_date:%Y-%m-%d %H:%M:%S}"},
    {"Closed": "{close_date:%Y-%m-%d %H:%M:%S}"},
    {"Profit": "{profit_amount} {stake_currency}"},
    {"Profit %": "{profit_ratio:.2%}"},
    {"Enter tag": "{enter_tag}"},
    {"Exit reason": "{exit_reason}"},
    {"Strategy": "{strategy} {timeframe}"},
)


class WebhookSettings(Struct, frozen=True, kw_only=True):
    """Say where messages are posted to, and what of each type; a type without a template is not sent."""

    enabled: Annotated[bool, doc("Post messages to a webhook.")] = False
    url: Annotated[str, doc("Address to post to.")] = ""
    format: Annotated[
        Literal["form", "json", "raw"], doc("How the template goes out; raw sends its key `data` as text.")
    ] = "form"
    retries: Annotated[int, doc("Quick attempts more, before a message waits in the outbox.", ge=0)] = 0
    retry_delay: Annotated[float, doc("Seconds between quick attempts.", ge=0)] = 0.1
    timeout: Annotated[float, doc("Seconds until an attempt has failed.", gt=0)] = 10.0
    allow_custom_messages: Annotated[bool, doc("Send what the strategy says with `dp.send_msg`.")] = False
    status: Annotated[Template, doc("What is sent when the bot starts, stops, pauses, reloads.")] = None
    warning: Annotated[Template, doc("What is sent when something needs a look.")] = None
    exception: Annotated[Template, doc("What is sent when something failed.")] = None
    startup: Annotated[Template, doc("What is sent at the start.")] = None
    entry: Annotated[Template, doc("What is sent for an entry order.")] = None
    entry_fill: Annotated[Template, doc("What is sent for a filled entry.")] = None
    entry_cancel: Annotated[Template, doc("What is sent for a cancelled entry.")] = None
    exit: Annotated[Template, doc("What is sent for an exit order.")] = None
    exit_fill: Annotated[Template, doc("What is sent for a filled exit.")] = None
    exit_cancel: Annotated[Template, doc("What is sent for a cancelled exit.")] = None
    protection_trigger: Annotated[Template, doc("What is sent when a protection locks a pair.")] = None
    protection_trigger_global: Annotated[Template, doc("What is sent when one locks all pairs.")] = None
    liquidation_warning: Annotated[Template, doc("What is sent when liquidation comes near.")] = None
    strategy_msg: Annotated[Template, doc("What is sent when the strategy says something.")] = None
    whitelist: Annotated[Template, doc("What is sent with each new whitelist.")] = None
    analyzed_df: Annotated[Template, doc("What is sent for each analysed candle; not its content.")] = None
    new_candle: Annotated[Template, doc("What is sent for each new candle.")] = None
    webhookentry: Annotated[Template, doc("Old name of `entry`.")] = None
    webhookentryfill: Annotated[Template, doc("Old name of `entry_fill`.")] = None
    webhookentrycancel: Annotated[Template, doc("Old name of `entry_cancel`.")] = None
    webhookexit: Annotated[Template, doc("Old name of `exit`.")] = None
    webhookexitfill: Annotated[Template, doc("Old name of `exit_fill`.")] = None
    webhookexitcancel: Annotated[Template, doc("Old name of `exit_cancel`.")] = None
    webhookstatus: Annotated[
        Template, doc("Old name of `status`; also for `startup`, `warning` and `exception`.")
    ] = None


class DiscordSettings(Struct, frozen=True, kw_only=True):
    """Say which fields each type of message shows; a type without fields is not sent."""

    enabled: Annotated[bool, doc("Post messages to Discord.")] = False
    webhook_url: Annotated[str, doc("Address of the channel's webhook.")] = ""
    timeout: Annotated[float, doc("Seconds until an attempt has failed.", gt=0)] = 10.0
    allow_custom_messages: Annotated[bool, doc("Send what the strategy says with `dp.send_msg`.")] = False
    status: Annotated[Fields, doc("Fields when the bot starts, stops, pauses, reloads.")] = ()
    warning: Annotated[Fields, doc("Fields when something needs a look.")] = ()
    exception: Annotated[Fields, doc("Fields when something failed.")] = ()
    startup: Annotated[Fields, doc("Fields at the start.")] = ()
    entry: Annotated[Fields, doc("Fields of an entry order.")] = ()
    entry_fill: Annotated[Fields, doc("Fields of a filled entry.")] = ENTRY_FILL_FIELDS
    entry_cancel: Annotated[Fields, doc("Fields of a cancelled entry.")] = ()
    exit: Annotated[Fields, doc("Fields of an exit order.")] = ()
    exit_fill: Annotated[Fields, doc("Fields of a filled exit.")] = EXIT_FILL_FIELDS
    exit_cancel: Annotated[Fields, doc("Fields of a cancelled exit.")] = ()
    protection_trigger: Annotated[Fields, doc("Fields when a protection locks a pair.")] = ()
    protection_trigger_global: Annotated[Fields, doc("Fields when one locks all pairs.")] = ()
    liquidation_warning: Annotated[Fields, doc("Fields when liquidation comes near.")] = ()
    strategy_msg: Annotated[Fields, doc("Fields when the strategy says something.")] = ()
