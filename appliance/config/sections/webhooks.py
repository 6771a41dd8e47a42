"""Messages to a webhook and to Discord, with freqtrade's keys."""

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
    """The address of a webhook and the template of each message type; types without one are not sent."""

    enabled: Annotated[bool, doc("Post messages to a webhook.")] = False
    url: Annotated[str, doc("Address to post to.")] = ""
    format: Annotated[
        Literal["form", "json", "raw"],
        doc("Format of the request; raw sends the key `data` of the template as text."),
    ] = "form"
    retries: Annotated[int, doc("Immediate retries before a message waits in the outbox.", ge=0)] = 0
    retry_delay: Annotated[float, doc("Seconds between immediate retries.", ge=0)] = 0.1
    timeout: Annotated[float, doc("Time-out of an attempt in seconds.", gt=0)] = 10.0
    allow_custom_messages: Annotated[bool, doc("Send messages of the strategy (`dp.send_msg`).")] = False
    status: Annotated[Template, doc("Template when the bot starts, stops, pauses or reloads.")] = None
    warning: Annotated[Template, doc("Template of warnings.")] = None
    exception: Annotated[Template, doc("Template of errors.")] = None
    startup: Annotated[Template, doc("Template of the start.")] = None
    entry: Annotated[Template, doc("Template of entry orders.")] = None
    entry_fill: Annotated[Template, doc("Template of filled entries.")] = None
    entry_cancel: Annotated[Template, doc("Template of cancelled entries.")] = None
    exit: Annotated[Template, doc("Template of exit orders.")] = None
    exit_fill: Annotated[Template, doc("Template of filled exits.")] = None
    exit_cancel: Annotated[Template, doc("Template of cancelled exits.")] = None
    protection_trigger: Annotated[Template, doc("Template when a protection locks a pair.")] = None
    protection_trigger_global: Annotated[Template, doc("Template when a protection locks all pairs.")] = None
    liquidation_warning: Annotated[Template, doc("Template of liquidation warnings.")] = None
    strategy_msg: Annotated[Template, doc("Template of strategy messages.")] = None
    whitelist: Annotated[Template, doc("Template of new whitelists.")] = None
    analyzed_df: Annotated[Template, doc("Template of analysed candles, without their content.")] = None
    new_candle: Annotated[Template, doc("Template of new candles.")] = None
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
    """The fields of each message type; types without fields are not sent."""

    enabled: Annotated[bool, doc("Post messages to Discord.")] = False
    webhook_url: Annotated[str, doc("Address of the channel's webhook.")] = ""
    timeout: Annotated[float, doc("Time-out of an attempt in seconds.", gt=0)] = 10.0
    allow_custom_messages: Annotated[bool, doc("Send messages of the strategy (`dp.send_msg`).")] = False
    status: Annotated[Fields, doc("Fields when the bot starts, stops, pauses or reloads.")] = ()
    warning: Annotated[Fields, doc("Fields of warnings.")] = ()
    exception: Annotated[Fields, doc("Fields of errors.")] = ()
    startup: Annotated[Fields, doc("Fields of the start.")] = ()
    entry: Annotated[Fields, doc("Fields of entry orders.")] = ()
    entry_fill: Annotated[Fields, doc("Fields of filled entries.")] = ENTRY_FILL_FIELDS
    entry_cancel: Annotated[Fields, doc("Fields of cancelled entries.")] = ()
    exit: Annotated[Fields, doc("Fields of exit orders.")] = ()
    exit_fill: Annotated[Fields, doc("Fields of filled exits.")] = EXIT_FILL_FIELDS
    exit_cancel: Annotated[Fields, doc("Fields of cancelled exits.")] = ()
    protection_trigger: Annotated[Fields, doc("Fields when a protection locks a pair.")] = ()
    protection_trigger_global: Annotated[Fields, doc("Fields when a protection locks all pairs.")] = ()
    liquidation_warning: Annotated[Fields, doc("Fields of liquidation warnings.")] = ()
    strategy_msg: Annotated[Fields, doc("Fields of strategy messages.")] = ()
