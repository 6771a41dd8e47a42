"""Define all commands: the source of methods, help and documentation."""

from typing import Any

from appliance.client.command import Command, Parameter


def get(name: str, text: str, *parameters: Parameter, path: str = "", **more: Any) -> Command:
    return Command(name, "GET", path or name, text, parameters, **more)


def post(name: str, text: str, *parameters: Parameter, path: str = "", **more: Any) -> Command:
    return Command(name, "POST", path or name, text, parameters, **more)


def delete(name: str, text: str, *parameters: Parameter, path: str, **more: Any) -> Command:
    return Command(name, "DELETE", path, text, parameters, **more)


def optional(name: str, text: str, kind: str = "text", **more: Any) -> Parameter:
    return Parameter(name, text, kind, None, **more)


TRADE = Parameter("trade_id", "Number of the trade.", "integer")
PAIR = Parameter("pair", "Pair, e.g. ETH/USDT.")
ONE_PAIR = optional("pair", "Only this pair; default: all.")
TIMEFRAME = Parameter("timeframe", "Timeframe, e.g. 5m.")
KEY = optional("key", "Only this key.")
LIMIT_OR_MARKET = ("limit", "market")
RATE = optional("price", "Entry price; default: the market price.", "number")
EXIT = (
    Parameter("tradeid", "Number of the trade, or `all`.", "trade"),
    optional("ordertype", "limit or market.", choices=LIMIT_OR_MARKET),
    optional("amount", "Amount to exit, in base currency; default: all.", "number", zero=True),
    optional("price", "Price of a limit order; default: the market price.", "number", keyword_only=True),
)

STATE = (
    get(
        "ping",
        "Check whether the bot answers.\n\nWithout a login `pong` means that the API answers. With one it "
        "means that the bot\ntrades, and the answer is `not_running` while it is stopped or paused.",
        public=True,
    ),
    get("version", "Show the bot's version."),
    get("show_config", "Show the state of the bot, and its trading settings."),
    get("health", "Show when the bot started, and when its last cycle was."),
    get("sysinfo", "Show the load of processors and memory."),
    get(
        "logs",
        "Show the latest lines of the log.",
        optional("limit", "Number of lines; default: all in memory.", "integer"),
    ),
    post("start", "Resume trading of a stopped or paused bot."),
    post("stop", "Stop trading; open trades are not managed until `start`."),
    post("pause", "Stop entries until `start`; open trades are managed."),
    post("stopentry", "Same as `pause`."),
    post("stopbuy", "Same as `pause`, under its oldest name."),
    post("reload_config", "Reload the configuration."),
)

TRADES = (
    get("status", "List the open trades."),
    get("count", "Show the number of open trades, and its maximum."),
    get(
        "trades",
        "List closed trades.",
        optional("limit", "Maximum number of trades, up to 500.", "integer"),
        optional("offset", "Number of trades to skip.", "integer"),
        Parameter("order_by_id", "Sort by number; otherwise the latest first.", "flag", True),
    ),
    get("trade", "Show one trade with its orders.", TRADE, path="trade/{trade_id}"),
    post(
        "forceenter",
        "Enter a trade now.\n\nRequires `force_entry_enable`.",
        PAIR,
        Parameter("side", "long or short.", default="long", choices=("long", "short")),
        RATE,
        optional(
            "order_type", "limit or market.", wire="ordertype", choices=LIMIT_OR_MARKET, keyword_only=True
        ),
        optional("stake_amount", "Stake in stake currency.", "number", wire="stakeamount", keyword_only=True),
        optional("leverage", "Leverage, in futures trading.", "number", keyword_only=True),
        optional("enter_tag", "Entry tag of the trade.", wire="entry_tag", keyword_only=True),
    ),
    post("forcebuy", "Enter a long trade now; an older `forceenter`.", PAIR, RATE),
    post("forceexit", "Exit a trade now, or a part of it, or all trades.", *EXIT),
    post("forcesell", "Same as `forceexit`, under its older name.", *EXIT),
    delete(
        "cancel_open_order", "Cancel the open order of a trade.", TRADE, path="trades/{trade_id}/open-order"
    ),
    post(
        "reload_trade",
        "Update the orders of a trade from the exchange.\n\nFor live trades that were sold manually.",
        TRADE,
        path="trades/{trade_id}/reload",
    ),
    delete(
        "delete_trade",
        "Delete a trade from the database.\n\nOpen orders are cancelled; its position on the exchange stays.",
        TRADE,
        path="trades/{trade_id}",
    ),
    get(
        "list_custom_data",
        "Show the custom data of a trade.",
        TRADE,
        KEY,
        path="trades/{trade_id}/custom-data",
    ),
    get(
        "list_open_trades_custom_data",
        "Show the custom data of open trades.",
        KEY,
        Parameter("limit", "Maximum number of trades.", "integer", 100),
        Parameter("offset", "Number of trades to skip.", "integer", 0),
        path="trades/open/custom-data",
    ),
)


ORDER = Parameter("client_order_id", "Client order id, as shown by `orders`.")
ORDER_STATES = (
    *("intent", "acknowledged", "partially_filled", "filled", "cancelled", "rejected"),
    "unknown",
)
JOURNAL = (
    get(
        "orders",
        "List the orders that the bot sent to the exchange, with their state.\n\n"
        "An `unknown` order was sent and its answer lost: no entries in its pair until it is resolved.",
        optional("state", "Only orders in this state.", choices=ORDER_STATES),
        optional("pair", "Only this pair."),
        optional("limit", "Maximum number of orders; default: 50.", "integer"),
        optional("offset", "Number of the newest to skip.", "integer"),
    ),
    get("order", "Show one order.", ORDER, path="orders/{client_order_id}"),
    get(
        "order_evidence",
        "Show what the exchange reports about an unknown order.",
        ORDER,
        path="orders/{client_order_id}/evidence",
    ),
    post(
        "settle_order",
        "Resolve an unknown order.\n\n"
        "The exchange is asked first; an outcome that contradicts its answer is refused, unless force=yes.",
        ORDER,
        Parameter(
            "outcome",
            "never_sent, rejected, or adopt: the exchange has it.",
            choices=("never_sent", "rejected", "adopt"),
        ),
        optional(
            "exchange_id",
            "Id of the order on the exchange, for adopt; default: by client order id.",
        ),
        optional("force", "Override the answer of the exchange.", "flag", keyword_only=True),
        path="orders/{client_order_id}/settle",
    ),
    get(
        "audit",
        "List commands with their users, and changes of the configuration.",
        optional("limit", "Maximum number of lines; default: 50.", "integer"),
        optional("offset", "Number of the newest to skip.", "integer"),
    ),
)


def _back(unit: str, default: int) -> Parameter:
    return optional(
        unit,
        f"Number of {unit} to show, the current one included; default: {default}.",
        "integer",
        wire="timescale",
        least=1,
    )


MONEY = (
    get("balance", "Show the balance of each currency, and its value."),
    get("historic_balance", "Show the history of the balance."),
    get("profit", "Show the profit and its statistics."),
    get("profit_all", "Show the profit of all trades, and of long and short ones."),
    get("daily", "Show the profit of each day.", _back("days", 7)),
    get("weekly", "Show the profit of each week.", _back("weeks", 4)),
    get("monthly", "Show the profit of each month.", _back("months", 3)),
    get("performance", "Show the profit of each pair."),
    get("entries", "Show the profit by entry tag.", ONE_PAIR),
    get("exits", "Show the profit by exit reason.", ONE_PAIR),
    get("mix_tags", "Show the profit by entry tag and exit reason.", ONE_PAIR),
    get("stats", "Show wins and losses by exit reason, and the duration of trades."),
)

PAIRS = (
    get("whitelist", "List the pairs that the bot trades."),
    get(
        "blacklist",
        "Show the blacklist; with pairs, add them to it.",
        Parameter(
            "pairs", "Pairs to add, e.g. BNB/USDT, or patterns, e.g. BNB/.*", wire="blacklist", many=True
        ),
        body_with="pairs",
    ),
    delete(
        "blacklist_delete",
        "Remove pairs from the blacklist.",
        Parameter(
            "pairs", "Pairs or patterns, as shown in the blacklist.", wire="pairs_to_delete", many=True
        ),
        path="blacklist",
        also="blacklist delete",
    ),
    get(
        "decisions",
        "Show what the bot decided about its pairs, and why.\n\n"
        "Of each pair the newest decision; of one pair its last candles with every step.",
        optional("pair", "Only this pair, with its history."),
        optional(
            "limit", "Number of the newest candles; default: 20 of one pair, 1 of all.", "integer", least=1
        ),
    ),
    get("locks", "List the locks of pairs."),
    post(
        "lock_add",
        "Lock a pair: no entries until the lock ends.",
        PAIR,
        Parameter("until", 'End of the lock, e.g. "2030-01-31 16:00:00Z"; that candle is locked, too.'),
        Parameter("side", "long, short, or * for both.", default="*", choices=("long", "short", "*")),
        Parameter("reason", "Reason shown in the list.", default=""),
        path="locks",
        as_list=True,
        also="locks add",
    ),
    delete(
        "delete_lock",
        "End a lock.",
        Parameter("lock_id", "Number of the lock.", "integer"),
        path="locks/{lock_id}",
        also="locks delete",
    ),
    post("unlock_pair", "End all locks of a pair.", PAIR, path="locks/delete"),
    get("edge", "Answer that Edge is not enabled; freqtrade removed it."),
    get(
        "markets",
        "List the exchange's markets.",
        optional("base", "Only this base currency."),
        optional("quote", "Only this quote currency."),
        optional("include_inactive", "Include markets that are not active.", "flag"),
        optional("exchange", "Another exchange; requires webserver mode.", keyword_only=True),
        optional("trading_mode", "spot or futures.", keyword_only=True),
        optional("margin_mode", "isolated or cross.", keyword_only=True),
    ),
)

CANDLES = (
    get(
        "pair_candles",
        "Show the candles of a pair with indicators and signals.",
        PAIR,
        TIMEFRAME,
        optional("limit", "Number of the last candles.", "integer"),
        optional("columns", "Only these indicators; an empty list for candles only.", "list"),
        body_with="columns",
    ),
    get(
        "plot_config",
        "Show the plot configuration of the strategy.",
        optional("strategy", "Class name; requires webserver mode."),
    ),
    get(
        "strategy",
        "Show the source and the parameters of a strategy.",
        Parameter("strategy", "Class name; a trading bot has its own only."),
        path="strategy/{strategy}",
    ),
    get("strategies", "List the strategies. Requires webserver mode."),
    get(
        "pair_history",
        "Show stored candles as a strategy sees them. Requires webserver mode.",
        PAIR,
        TIMEFRAME,
        Parameter("strategy", "Class name."),
        Parameter("timerange", "Start and end, e.g. 20260101-20260201.", default=""),
        optional("freqaimodel", "FreqAI model to use."),
    ),
    get(
        "available_pairs",
        "List the pairs with stored candles. Requires webserver mode.",
        optional("timeframe", "Only this timeframe."),
        optional("stake_currency", "Only pairs with this stake currency."),
    ),
    get("replay", "Show how the bot's trades differ from its backtest, and why. Requires webserver mode."),
    post(
        "start_replay",
        "Compare the bot's trades with its backtest. Requires webserver mode.",
        optional("timerange", "Only this part of its past, e.g. 20260101T1200-20260102."),
        optional("timeframe_detail", "Shorter candles for the backtest, e.g. 1m."),
        path="replay",
        also="replay start",
    ),
    get(
        "pairlists_available",
        "List the types of pair lists. Requires webserver mode.",
        path="pairlists/available",
    ),
)

MESSAGE_TYPES = (
    *("status", "warning", "exception", "startup", "strategy_msg", "whitelist", "new_candle", "analyzed_df"),
    "decision",
    *("entry", "entry_fill", "entry_cancel", "exit", "exit_fill", "exit_cancel"),
    *("protection_trigger", "protection_trigger_global", "liquidation_warning"),
)
"""The types of messages on the websocket."""
ON_REQUEST = ("new_candle", "analyzed_df", "decision")
"""Types sent with every candle of every pair, the second with the candles; only on request."""

LISTEN = get(
    "ws",
    "Print the messages of the bot until Ctrl-C.\n\nReconnects when the connection is lost.",
    Parameter(
        "types", f"Of {', '.join(MESSAGE_TYPES)}; default: all but {', '.join(ON_REQUEST)}.", many=True
    ),
    path="message/ws",
)
"""The only command that is not a single request; the method is `AsyncRestClient.messages`."""

GROUPS = {
    "The bot": STATE,
    "Trades": TRADES,
    "Orders and audit log": JOURNAL,
    "Money": MONEY,
    "Pairs": PAIRS,
    "Candles and strategies": CANDLES,
}
COMMANDS: tuple[Command, ...] = tuple(command for group in GROUPS.values() for command in group)
BY_NAME = {command.name: command for command in COMMANDS}
