"""How the bot itself runs: state, loop, folders, database, logs."""

from typing import Annotated, Any, Literal

from msgspec import Struct, field

from appliance.config.documented import doc
from appliance.config.sections.strategy import StrategySettings


class Internals(Struct, frozen=True, kw_only=True):
    process_throttle_secs: Annotated[
        float, doc("Least seconds from one cycle of the bot to the next.", gt=0)
    ] = 5
    stop_check_secs: Annotated[
        float,
        doc("Seconds from one look at the prices of open trades, for their stops, to the next.", ge=0.1),
    ] = 1
    heartbeat_interval: Annotated[
        float, doc("Seconds between two log lines that say the bot is alive; 0 is never.", ge=0)
    ] = 60
    sd_notify: Annotated[
        bool, doc("Tell systemd about readiness and health.", no_effect="it is told wherever it asks for it")
    ] = False


OnDisconnect = Literal["none", "stop_entries", "cancel_entries"]


class HealthSettings(Struct, frozen=True, kw_only=True):
    ping_url: Annotated[
        str, doc("Address that is asked for as long as all is well, e.g. of healthchecks.io; a secret.")
    ] = ""
    ping_interval: Annotated[float, doc("Seconds from one ping to the next.", ge=1)] = 60.0


class OperationSettings(StrategySettings, frozen=True, kw_only=True):
    bot_name: Annotated[str, doc("Name of this bot in the dashboard and in messages.")] = "appliance"
    initial_state: Annotated[
        Literal["running", "paused", "stopped"], doc("What the bot does when started.")
    ] = "running"
    force_entry_enable: Annotated[bool, doc("Allow forced entries by API and dashboard.")] = False
    cancel_open_orders_on_exit: Annotated[bool, doc("Cancel open orders when the bot is stopped.")] = False
    on_disconnect: Annotated[
        OnDisconnect,
        doc(
            "What happens while the exchange does not answer: nothing is entered (`stop_entries`), and what "
            "waits to enter is cancelled as soon as it takes that (`cancel_entries`), or neither (`none`). "
            "It is told when it begins and ends by itself with the next answer; exits and stops go on."
        ),
    ] = "stop_entries"
    on_disconnect_after: Annotated[
        float, doc("Seconds without an answer of the exchange after which `on_disconnect` holds.", gt=0)
    ] = 60
    custom_price_max_distance_ratio: Annotated[
        float, doc("Most distance of a strategy's own price from the market's, as a ratio.", ge=0, le=1)
    ] = 0.02
    internals: Annotated[Internals, doc("The loop.")] = field(default_factory=Internals)
    health: Annotated[HealthSettings, doc("Telling others that the bot is well.")] = field(
        default_factory=HealthSettings
    )
    db_url: Annotated[
        str | None,
        doc(
            "Trades database; default tradesv3.sqlite, in dry-run tradesv3.dryrun.sqlite, of the user data"
            " folder, or one that is there already: docs/database.md."
        ),
    ] = None
    user_data_dir: Annotated[str | None, doc("Folder of strategies, data and logs; default user_data.")] = (
        None
    )
    datadir: Annotated[str | None, doc("Folder of candle files; default user_data/data/<exchange>.")] = None
    logfile: Annotated[str | None, doc("File to log to, or syslog, or journald.")] = None
    log_config: Annotated[
        dict[str, Any] | None, doc("Logging as Python's logging.config has it, instead of the usual.")
    ] = None
    verbosity: Annotated[int, doc("How much is logged, as with -v: 0 to 3.", ge=0)] = 0
    dataformat_ohlcv: Annotated[
        Literal["feather", "json", "jsongz", "parquet"],
        doc("Format of candle files.", no_effect="candles are kept in memory only"),
    ] = "feather"
    dataformat_trades: Annotated[
        Literal["feather", "json", "jsongz", "parquet"],
        doc("Format of public trades files.", no_effect="public trades are not kept"),
    ] = "feather"
    reduce_df_footprint: Annotated[
        bool,
        doc("Keep dataframes in 32 bits.", no_effect="while trading, freqtrade does not look at it either"),
    ] = False
