"""Settings of the running bot: state, loop, folders, database, logs."""

from typing import Annotated, Any, Literal

from msgspec import Struct, field

from appliance.config.documented import doc
from appliance.config.sections.strategy import StrategySettings


class Internals(Struct, frozen=True, kw_only=True):
    process_throttle_secs: Annotated[
        float, doc("Minimum seconds from the start of one cycle to the next.", gt=0)
    ] = 5
    stop_check_secs: Annotated[
        float,
        doc("Seconds between two comparisons of the prices of open trades with their stops.", ge=0.1),
    ] = 1
    heartbeat_interval: Annotated[
        float, doc("Seconds between two heartbeat lines in the log; 0 for never.", ge=0)
    ] = 60
    sd_notify: Annotated[
        bool,
        doc(
            "Notify systemd of readiness and health.",
            no_effect="the bot notifies systemd whenever it is asked to",
        ),
    ] = False


OnDisconnect = Literal["none", "stop_entries", "cancel_entries"]


class HealthSettings(Struct, frozen=True, kw_only=True):
    ping_url: Annotated[
        str, doc("Address pinged while the bot is healthy, e.g. of healthchecks.io; a secret.")
    ] = ""
    ping_interval: Annotated[float, doc("Seconds between two pings.", ge=1)] = 60.0


class OperationSettings(StrategySettings, frozen=True, kw_only=True):
    bot_name: Annotated[str, doc("Name of the bot on the dashboard and in messages.")] = "appliance"
    initial_state: Annotated[Literal["running", "paused", "stopped"], doc("State after the start.")] = (
        "running"
    )
    force_entry_enable: Annotated[bool, doc("Allow forced entries by API and dashboard.")] = False
    cancel_open_orders_on_exit: Annotated[bool, doc("Cancel open orders when the bot stops.")] = False
    on_disconnect: Annotated[
        OnDisconnect,
        doc(
            "What to do while the exchange does not answer: stop entries (`stop_entries`), also cancel open "
            "entry orders as soon as possible (`cancel_entries`), or nothing (`none`). A message reports it; "
            "it ends with the next answer. Exits and stops continue."
        ),
    ] = "stop_entries"
    on_disconnect_after: Annotated[
        float, doc("Seconds without an answer of the exchange until `on_disconnect` applies.", gt=0)
    ] = 60
    custom_price_max_distance_ratio: Annotated[
        float,
        doc("Maximum distance of a strategy's custom price from the market price, as a ratio.", ge=0, le=1),
    ] = 0.02
    internals: Annotated[Internals, doc("The trading loop.")] = field(default_factory=Internals)
    health: Annotated[HealthSettings, doc("Dead-man ping: report to a service that the bot is healthy.")] = (
        field(default_factory=HealthSettings)
    )
    db_url: Annotated[
        str | None,
        doc(
            "Trades database; default tradesv3.sqlite, in dry-run tradesv3.dryrun.sqlite, in the user data"
            " folder, or an existing one: docs/database.md."
        ),
    ] = None
    user_data_dir: Annotated[str | None, doc("Folder of strategies, data and logs; default user_data.")] = (
        None
    )
    datadir: Annotated[str | None, doc("Folder of candle files; default user_data/data/<exchange>.")] = None
    logfile: Annotated[str | None, doc("Log file, or syslog, or journald.")] = None
    log_config: Annotated[
        dict[str, Any] | None,
        doc("Configuration for Python's logging.config, instead of the default logging."),
    ] = None
    verbosity: Annotated[int, doc("Verbosity of the log, as with -v: 0 to 3.", ge=0)] = 0
    dataformat_ohlcv: Annotated[
        Literal["feather", "json", "jsongz", "parquet"],
        doc("Format of candle files."),
    ] = "feather"
    dataformat_trades: Annotated[
        Literal["feather", "json", "jsongz", "parquet"],
        doc("Format of public trades files."),
    ] = "feather"
    reduce_df_footprint: Annotated[
        bool,
        doc("Store dataframes in 32 bits.", no_effect="freqtrade does not use it while trading either"),
    ] = False
