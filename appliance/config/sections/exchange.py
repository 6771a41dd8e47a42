"""The exchange, its API keys, and the pairs."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Struct, field

from appliance.config.documented import doc

SIMULATED, REPLAYED = "simulated", "replayed"
"""The exchanges that are none of ccxt's."""


class SimulatedSettings(Struct, frozen=True, kw_only=True):
    """The embedded market behind `exchange.name: "simulated"`."""

    seed: Annotated[int, doc("Seed of the price history: the same seed gives the same prices.")] = 1
    speed: Annotated[
        float, doc("Speed of the prices relative to the clock; 1 is real time.", gt=0, le=1000)
    ] = 1.0
    fee: Annotated[float, doc("Fee of each order as a ratio of its cost.", ge=0, le=0.1)] = 0.001


class ReplayedSettings(Struct, frozen=True, kw_only=True):
    """Downloaded candles as a market, behind `exchange.name: "replayed"`."""

    exchange: Annotated[
        str,
        doc("The exchange whose candles are played: its folder in the data folder, its markets, its fees."),
    ] = ""
    start: (
        Annotated[
            datetime,
            doc(
                "When the market begins, e.g. `2025-01-31T12:00:00Z`; by default with the first stored "
                "candle. Where the database is further already, it goes on from there.",
                tz=True,
            ),
        ]
        | None
    ) = None
    end: (
        Annotated[datetime, doc("When the market ends; by default with the last stored candle.", tz=True)]
        | None
    ) = None
    speed: Annotated[
        float,
        doc(
            "Speed of the market relative to the clock; 1 is real time. It waits for the bot where that is "
            "slower.",
            gt=0,
            le=1000,
        ),
    ] = 60.0
    step: (
        Annotated[
            int,
            doc(
                "Seconds of the market between cycles; by default a quarter of the shortest candle.",
                ge=1,
            ),
        ]
        | None
    ) = None
    spread: Annotated[
        float, doc("Distance of ask and bid as a ratio of the price; candles do not tell it.", ge=0, le=0.1)
    ] = 0.0
    at_end: Annotated[
        Literal["stay", "exit"],
        doc("At the end of the market: `stay`, without entries, or `exit`: end the program."),
    ] = "stay"


class ExchangeSettings(Struct, frozen=True, kw_only=True):
    name: Annotated[str, doc('Name of the exchange in ccxt, "simulated", or "replayed".')] = ""
    key: Annotated[
        str | None,
        doc(
            "API key; `api_key` and `apiKey` are the same. Like any secret, it may be in a separate file: "
            "`key_file` names it, or systemd passes it as the credential `exchange.key`."
        ),
    ] = None
    secret: Annotated[
        str | None, doc("API secret; or `secret_file`, or the credential `exchange.secret`.")
    ] = None
    password: Annotated[str | None, doc("API passphrase, on exchanges that require one.")] = None
    uid: Annotated[
        str | None, doc("Account number, on exchanges that require one; `account_id` is the same.")
    ] = None
    walletAddress: Annotated[  # noqa: N815
        str | None, doc("Wallet address, on decentralised exchanges; `wallet_address` is the same.")
    ] = None
    privateKey: Annotated[  # noqa: N815
        str | None, doc("Private key, on decentralised exchanges; `private_key` is the same.")
    ] = None
    pair_whitelist: Annotated[
        tuple[str, ...], doc("Pairs to trade, for StaticPairList; regular expressions are allowed.")
    ] = ()
    pair_blacklist: Annotated[
        tuple[str, ...], doc("Pairs never to trade; regular expressions are allowed.")
    ] = ()
    ccxt_config: Annotated[
        dict[str, Any],
        doc(
            "Settings passed to the ccxt exchange class unchanged: `urls`, `options`, `sandbox`, "
            "`enableRateLimit`, one proxy of `httpsProxy`, `httpProxy`, `socksProxy`, `aiohttp_proxy`."
        ),
    ] = field(default_factory=dict)
    ccxt_sync_config: Annotated[
        dict[str, Any], doc("Settings that override `ccxt_config`; one ccxt class is used for everything.")
    ] = field(default_factory=dict)
    ccxt_async_config: Annotated[
        dict[str, Any], doc("Settings that override `ccxt_config` and `ccxt_sync_config`.")
    ] = field(default_factory=dict)
    enable_ws: Annotated[
        bool,
        doc("Receive candles over the exchange's websocket if it has one; missing ones are fetched."),
    ] = True
    log_responses: Annotated[bool, doc("Log the exchange's answers to orders.")] = False
    markets_refresh_interval: Annotated[float, doc("Minutes between two updates of the markets.", gt=0)] = 60
    outdated_offset: Annotated[
        float, doc("Minutes after which missing candles are reported as outdated.", gt=0)
    ] = 5
    unknown_fee_rate: Annotated[
        float | None,
        doc("Price of a fee's currency in stake currency, if the exchange has no market for it."),
    ] = None
    skip_pair_validation: Annotated[
        bool, doc("Skip whitelisted pairs without a market silently, without a message or a notice.")
    ] = False
    skip_open_order_update: Annotated[
        bool,
        doc(
            "Do not update open orders when the bot starts.",
            no_effect="they are always updated before the first trade",
        ),
    ] = False
    use_public_trades: Annotated[
        bool, doc("Download public trades for order flow analysis; not supported, and refused if enabled.")
    ] = False
    demo_trading: Annotated[bool, doc("Trade on the exchange's demo account.")] = False
    simulated: Annotated[SimulatedSettings, doc("The embedded market.")] = field(
        default_factory=SimulatedSettings
    )
    replayed: Annotated[ReplayedSettings, doc("Downloaded candles as a market.")] = field(
        default_factory=ReplayedSettings
    )

    @property
    def source(self) -> str:
        """The exchange whose markets and candles are meant: of a replayed one, the one that is replayed."""
        return self.replayed.exchange if self.name == REPLAYED else self.name
