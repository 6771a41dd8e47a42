"""List every command: the one table that methods, help and documentation are made from."""

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
ONE_PAIR = optional("pair", "Only this pair; all of them if left out.")
TIMEFRAME = Parameter("timeframe", "Length of a candle, e.g. 5m.")
KEY = optional("key", "Only this key.")
LIMIT_OR_MARKET = ("limit", "market")
RATE = optional("price", "Price to enter at; the market's if left out.", "number")
EXIT = (
    Parameter("tradeid", "Number of the trade, or `all`.", "trade"),
    optional("ordertype", "limit or market.", choices=LIMIT_OR_MARKET),
    optional("amount", "Amount to exit, in base currency; all if left out.", "number", zero=True),
    optional("price", "Price of a limit order; the market's if left out.", "number", keyword_only=True),
)

STATE = (
    get(
        "ping",
        "Tell whether the bot is there.\n\nWithout a login `pong` means that the API answers. With one it "
        "means that the bot\ntrades, and the answer is `not_running` while it is stopped or paused.",
        public=True,
    ),
    get("version", "Show the bot's version."),
    get("show_config", "Show the bot's state, and the settings that trading depends on."),
    get("health", "Show when the bot started, and when it last went through its pairs."),
    get("sysinfo", "Show how busy processors and memory are."),
    get(
        "logs",
        "Show the latest lines of the log.",
        optional("limit", "Only the last so many; all that are kept if left out.", "integer"),
    ),
    post("start", "Let a stopped or paused bot trade again."),
    post("stop", "Stop trading; open trades are left alone until `start`."),
    post("pause", "Enter no new trades, and look after the open ones, until `start`."),
    post("stopentry", "Do what `pause` does."),
    post("stopbuy", "Do what `pause` does, under its oldest name."),
    post("reload_config", "Have the bot read its configuration again."),
)

TRADES = (
    get("status", "List the open trades."),
    get("count", "Show how many trades are open, and how many may be."),
    get(
        "trades",
        "List closed trades.",
        optional("limit", "At most so many; 500 is the most there is at once.", "integer"),
        optional("offset", "Leave out so many before.", "integer"),
        Parameter("order_by_id", "Order by number; otherwise the latest come first.", "flag", True),
    ),
    get("trade", "Show one trade with its orders.", TRADE, path="trade/{trade_id}"),
    post(
        "forceenter",
        "Enter a trade now.\n\nThe bot needs `force_entry_enable`.",
        PAIR,
        Parameter("side", "long or short.", default="long", choices=("long", "short")),
        RATE,
        optional(
            "order_type", "limit or market.", wire="ordertype", choices=LIMIT_OR_MARKET, keyword_only=True
        ),
        optional("stake_amount", "Stake in stake currency.", "number", wire="stakeamount", keyword_only=True),
        optional("leverage", "Leverage, in futures trading.", "number", keyword_only=True),
        optional("enter_tag", "Tag that the trade gets.", wire="entry_tag", keyword_only=True),
    ),
    post("forcebuy", "Enter a long trade now; an older `forceenter`.", PAIR, RATE),
    post("forceexit", "Exit a trade now, or a part of it, or all trades.", *EXIT),
    post("forcesell", "Do what `forceexit` does, under its older name.", *EXIT),
    delete(
        "cancel_open_order", "Cancel the open order of a trade.", TRADE, path="trades/{trade_id}/open-order"
    ),
    post(
        "reload_trade",
        "Read a trade's orders from the exchange again.\n\nFor live trades that were sold by hand.",
        TRADE,
        path="trades/{trade_id}/reload",
    ),
    delete(
        "delete_trade",
        "Forget a trade.\n\nIts open orders are cancelled; what it holds on the exchange is yours to handle.",
        TRADE,
        path="trades/{trade_id}",
    ),
    get(
        "list_custom_data",
        "Show what the strategy keeps with a trade.",
        TRADE,
        KEY,
        path="trades/{trade_id}/custom-data",
    ),
    get(
        "list_open_trades_custom_data",
        "Show what the strategy keeps with the open trades.",
        KEY,
        Parameter("limit", "At most so many trades.", "integer", 100),
        Parameter("offset", "Leave out so many trades before.", "integer", 0),
        path="trades/open/custom-data",
    ),
)


ORDER = Parameter("client_order_id", "The bot's own id of the order, as `orders` shows it.")
ORDER_STATES = (
    *("intent", "acknowledged", "partially_filled", "filled", "cancelled", "rejected"),
    "unknown",
)
JOURNAL = (
    get(
        "orders",
        "List what the bot has sent to the exchange, and what is known of it.\n\n"
        "An `unknown` order was sent and its answer lost: until it is settled, nothing more is sent for its "
        "pair.",
        optional("state", "Only orders in this state.", choices=ORDER_STATES),
        optional("pair", "Only this pair."),
        optional("limit", "At most so many; 50 if left out.", "integer"),
        optional("offset", "Leave out so many of the newest.", "integer"),
    ),
    get("order", "Show one order of that list.", ORDER, path="orders/{client_order_id}"),
    get(
        "order_evidence",
        "Ask the exchange what it has of an unknown order.",
        ORDER,
        path="orders/{client_order_id}/evidence",
    ),
    post(
        "settle_order",
        "Say what became of an unknown order.\n\n"
        "The exchange is asked first; what contradicts it is refused, unless force=yes.",
        ORDER,
        Parameter(
            "outcome",
            "never_sent, rejected, or adopt: the exchange has it.",
            choices=("never_sent", "rejected", "adopt"),
        ),
        optional("exchange_id", "Its id on the exchange, to adopt; what it has by the bot's id if left out."),
        optional("force", "Overrule what the exchange says.", "flag", keyword_only=True),
        path="orders/{client_order_id}/settle",
    ),
    get(
        "audit",
        "List who commanded what, and what changed in the configuration.",
        optional("limit", "At most so many lines; 50 if left out.", "integer"),
        optional("offset", "Leave out so many of the newest.", "integer"),
    ),
)


def _back(unit: str, default: int) -> Parameter:
    return optional(
        unit,
        f"How many {unit} to show, the present one last; {default} if left out.",
        "integer",
        wire="timescale",
    )


MONEY = (
    get("balance", "Show the balance of each currency, and what it is worth."),
    get("historic_balance", "Show how the balance changed."),
    get("profit", "Show profit, and how it was made."),
    get("profit_all", "Show profit of all trades, and of long and short ones."),
    get("daily", "Show the profit of each day.", _back("days", 7)),
    get("weekly", "Show the profit of each week.", _back("weeks", 4)),
    get("monthly", "Show the profit of each month.", _back("months", 3)),
    get("performance", "Show the profit of each pair."),
    get("entries", "Show the profit by entry tag.", ONE_PAIR),
    get("exits", "Show the profit by exit reason.", ONE_PAIR),
    get("mix_tags", "Show the profit by entry tag and exit reason.", ONE_PAIR),
    get("stats", "Show wins and losses by exit reason, and how long trades last."),
)

PAIRS = (
    get("whitelist", "List the pairs that the bot trades."),
    get(
        "blacklist",
        "List the pairs that the bot does not trade; with pairs, add them.",
        Parameter(
            "pairs", "Pairs to add, e.g. BNB/USDT, or patterns, e.g. BNB/.*", wire="blacklist", many=True
        ),
        body_with="pairs",
    ),
    delete(
        "blacklist_delete",
        "Take pairs off the blacklist.",
        Parameter("pairs", "Pairs or patterns, as the list has them.", wire="pairs_to_delete", many=True),
        path="blacklist",
        also="blacklist delete",
    ),
    get("locks", "List the pairs that are locked for a while."),
    post(
        "lock_add",
        "Lock a pair: no entries until the lock ends.",
        PAIR,
        Parameter("until", 'When it ends, e.g. "2030-01-31 16:00:00Z"; the candle of then is locked too.'),
        Parameter("side", "long, short, or * for both.", default="*", choices=("long", "short", "*")),
        Parameter("reason", "Why, for whoever reads the list.", default=""),
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
    get("edge", "Tell that Edge is not enabled; freqtrade dropped it."),
    get(
        "markets",
        "List the exchange's markets.",
        optional("base", "Only this base currency."),
        optional("quote", "Only this quote currency."),
        optional("include_inactive", "List those too that are not traded now.", "flag"),
        optional("exchange", "Another exchange; needs webserver mode.", keyword_only=True),
        optional("trading_mode", "spot or futures.", keyword_only=True),
        optional("margin_mode", "isolated or cross.", keyword_only=True),
    ),
)

CANDLES = (
    get(
        "pair_candles",
        "Show a pair's candles with indicators and signals.",
        PAIR,
        TIMEFRAME,
        optional("limit", "Only the last so many candles.", "integer"),
        optional("columns", "Only these indicators; an empty list leaves just the candles.", "list"),
        body_with="columns",
    ),
    get(
        "plot_config",
        "Show how the strategy wants to be plotted.",
        optional("strategy", "Class name; needs webserver mode."),
    ),
    get(
        "strategy",
        "Show a strategy's source and parameters.",
        Parameter("strategy", "Class name; a trading bot knows its own only."),
        path="strategy/{strategy}",
    ),
    get("strategies", "List the strategies. Needs webserver mode."),
    get(
        "pair_history",
        "Show stored candles as a strategy sees them. Needs webserver mode.",
        PAIR,
        TIMEFRAME,
        Parameter("strategy", "Class name."),
        Parameter("timerange", "From and to, e.g. 20260101-20260201.", default=""),
        optional("freqaimodel", "FreqAI model to use."),
    ),
    get(
        "available_pairs",
        "List the pairs that candles are stored of. Needs webserver mode.",
        optional("timeframe", "Only candles of this length."),
        optional("stake_currency", "Only pairs that trade against this currency."),
    ),
    get("pairlists_available", "List kinds of pair lists. Needs webserver mode.", path="pairlists/available"),
)

MESSAGE_TYPES = (
    *("status", "warning", "exception", "startup", "strategy_msg", "whitelist", "new_candle", "analyzed_df"),
    *("entry", "entry_fill", "entry_cancel", "exit", "exit_fill", "exit_cancel"),
    *("protection_trigger", "protection_trigger_global", "liquidation_warning"),
)
"""What a bot announces over its websocket."""
ON_REQUEST = ("new_candle", "analyzed_df")
"""What comes with every candle of every pair, the latter with the candles: only to who asks for it."""

LISTEN = get(
    "ws",
    "Print what the bot announces, as it happens, until Ctrl-C.\n\nReconnects when the connection is lost.",
    Parameter(
        "types", f"Of {', '.join(MESSAGE_TYPES)}; all but {' and '.join(ON_REQUEST)} if left out.", many=True
    ),
    path="message/ws",
)
"""The one command that is no single call, and no method: `AsyncRestClient.messages` does it."""

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
