"""Which exchange, with which keys, and which pairs of it."""

from typing import Annotated, Any

from msgspec import Struct, field

from appliance.config.documented import doc


class SimulatedSettings(Struct, frozen=True, kw_only=True):
    """The embedded market behind `exchange.name: "simulated"`."""

    seed: Annotated[int, doc("Number that the whole price history follows from; same seed, same prices.")] = 1
    speed: Annotated[
        float, doc("How many times faster than the clock the prices move; 1 is real time.", gt=0, le=1000)
    ] = 1.0
    fee: Annotated[float, doc("Fee of every trade as a ratio of its cost.", ge=0, le=0.1)] = 0.001


class ExchangeSettings(Struct, frozen=True, kw_only=True):
    name: Annotated[str, doc('Name of the exchange as ccxt has it, or "simulated".')] = ""
    key: Annotated[
        str | None,
        doc(
            "API key; `api_key` and `apiKey` mean the same. Like any secret it may stand in its own file: "
            "`key_file` names it, or systemd hands it over as the credential `exchange.key`."
        ),
    ] = None
    secret: Annotated[
        str | None, doc("API secret; or `secret_file`, or the credential `exchange.secret`.")
    ] = None
    password: Annotated[str | None, doc("API passphrase, on exchanges that ask for one.")] = None
    uid: Annotated[str | None, doc("Account number, where asked for; `account_id` means the same.")] = None
    walletAddress: Annotated[  # noqa: N815
        str | None, doc("Wallet address, on decentralised exchanges; `wallet_address` means the same.")
    ] = None
    privateKey: Annotated[  # noqa: N815
        str | None, doc("Private key, on decentralised exchanges; `private_key` means the same.")
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
            "Settings handed to the ccxt exchange class as they are: `urls`, `options`, `sandbox`, "
            "`enableRateLimit`, one proxy of `httpsProxy`, `httpProxy`, `socksProxy`, `aiohttp_proxy`."
        ),
    ] = field(default_factory=dict)
    ccxt_sync_config: Annotated[
        dict[str, Any], doc("Settings laid over `ccxt_config`; there is one ccxt class for everything.")
    ] = field(default_factory=dict)
    ccxt_async_config: Annotated[
        dict[str, Any], doc("Settings laid over `ccxt_config` and `ccxt_sync_config`.")
    ] = field(default_factory=dict)
    enable_ws: Annotated[
        bool,
        doc("Hear candles over the exchange's websocket where it has one; what is not heard is asked for."),
    ] = True
    log_responses: Annotated[bool, doc("Log what the exchange answers to orders.")] = False
    markets_refresh_interval: Annotated[float, doc("Minutes between two readings of the markets.", gt=0)] = 60
    outdated_offset: Annotated[
        float, doc("Minutes after which missing candles are called outdated.", gt=0)
    ] = 5
    unknown_fee_rate: Annotated[
        float | None,
        doc("Price of the fee's currency in stake currency where the exchange has no market for it."),
    ] = None
    skip_pair_validation: Annotated[
        bool, doc("Leave whitelisted pairs without a market out silently: no message, nothing on the page.")
    ] = False
    skip_open_order_update: Annotated[bool, doc("Do not ask for open orders when the bot starts.")] = False
    use_public_trades: Annotated[bool, doc("Download public trades for order flow analysis.")] = False
    demo_trading: Annotated[bool, doc("Trade on the exchange's own demo account.")] = False
    simulated: Annotated[SimulatedSettings, doc("The embedded market.")] = field(
        default_factory=SimulatedSettings
    )
