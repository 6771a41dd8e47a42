"""Format the answer of each command for a terminal, with the most important columns first.

An answer without its own view, or of an unexpected form, is shown by its type: facts, tables, lists.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from appliance.client.decision_view import decisions
from appliance.client.number_format import (
    amount,
    gain,
    moment,
    money,
    percent,
    plain,
    points,
    share,
    span,
    whole,
)
from appliance.client.replay_view import replay
from appliance.client.table import DIM, RED, Block, Cell, Facts, Table, Text

Format = Callable[[Any], Cell]
Column = tuple[str, str, Format]
"""Heading, key and format."""

_OPEN: tuple[Column, ...] = (
    ("ID", "trade_id", whole),
    ("Pair", "pair", plain),
    ("Profit", "profit_ratio", percent),
    ("Gain", "total_profit_abs", gain),
    ("Stake", "stake_amount", money),
    ("Entered at", "open_rate", amount),
    ("Now", "current_rate", amount),
    ("Stop", "stop_loss_abs", amount),
    ("Since (UTC)", "open_timestamp", moment),
    ("Amount", "amount", amount),
    ("Tag", "enter_tag", plain),
    ("Order open", "has_open_orders", plain),
)
_CLOSED: tuple[Column, ...] = (
    ("ID", "trade_id", whole),
    ("Pair", "pair", plain),
    ("Profit", "close_profit", percent),
    ("Gain", "close_profit_abs", gain),
    ("Stake", "stake_amount", money),
    ("Exit", "exit_reason", plain),
    ("Entered at", "open_rate", amount),
    ("Exited at", "close_rate", amount),
    ("Closed (UTC)", "close_timestamp", moment),
    ("Lasted", "trade_duration_s", span),
    ("Tag", "enter_tag", plain),
)
_ORDERS: tuple[Column, ...] = (
    ("Order", "ft_order_side", plain),
    ("Type", "order_type", plain),
    ("Status", "status", plain),
    ("Amount", "amount", amount),
    ("Filled", "filled", amount),
    ("Price", "safe_price", amount),
    ("Placed (UTC)", "order_timestamp", moment),
    ("Tag", "ft_order_tag", plain),
    ("Number", "order_id", plain),
)
_CURRENCIES: tuple[Column, ...] = (
    ("Currency", "currency", plain),
    ("Balance", "balance", amount),
    ("Free", "free", amount),
    ("In orders", "used", amount),
    ("The bot's", "bot_owned", amount),
    ("Worth", "est_stake", money),
)
_PERIODS: tuple[Column, ...] = (
    ("From", "date", plain),
    ("Gain", "abs_profit", gain),
    ("Profit", "rel_profit", percent),
    ("Trades", "trade_count", amount),
    ("Balance before", "starting_balance", money),
    ("Fiat", "fiat_value", gain),
)
_LOCKS: tuple[Column, ...] = (
    ("ID", "id", whole),
    ("Pair", "pair", plain),
    ("Until (UTC)", "lock_end_timestamp", moment),
    ("Side", "side", plain),
    ("Reason", "reason", plain),
)
_JOURNAL: tuple[Column, ...] = (
    ("State", "state", plain),
    ("Pair", "pair", plain),
    ("Side", "side", plain),
    ("Amount", "amount", amount),
    ("Rate", "rate", amount),
    ("Age", "age", span),
    ("Order", "client_order_id", plain),
    ("On the exchange", "order_id", plain),
    ("Trade", "trade_id", whole),
    ("Note", "note", plain),
)
_AUDIT: tuple[Column, ...] = (
    ("No.", "number", whole),
    ("When (UTC)", "at", lambda value: Cell(str(value)[:19].replace("T", " "))),
    ("Who", "who", plain),
    ("From", "origin", plain),
    ("What", "what", plain),
    ("Result", "after", plain),
)
_MARKETS: tuple[Column, ...] = (
    ("Market", "symbol", plain),
    ("Base", "base", plain),
    ("Quote", "quote", plain),
    ("Spot", "spot", plain),
    ("Swap", "swap", plain),
    ("Active", "active", plain),
)
_PROFIT: tuple[Column, ...] = (
    ("Closed trades", "profit_closed_coin", gain),
    ("  of the capital", "profit_closed_ratio", percent),
    ("All trades", "profit_all_coin", gain),
    ("  of the capital", "profit_all_ratio", percent),
    ("Trades", "trade_count", amount),
    ("  closed", "closed_trade_count", amount),
    ("  won", "winning_trades", amount),
    ("  lost", "losing_trades", amount),
    ("Win rate", "winrate", share),
    ("Mean duration", "avg_duration", plain),
    ("Best pair", "best_pair", plain),
    ("  with", "best_pair_profit_ratio", percent),
    ("Traded volume", "trading_volume", money),
    ("Profit factor", "profit_factor", money),
    ("Expectancy", "expectancy", gain),
    ("Sharpe", "sharpe", money),
    ("Sortino", "sortino", money),
    ("Calmar", "calmar", money),
    ("SQN", "sqn", money),
    ("CAGR", "cagr", percent),
    ("Largest drawdown", "max_drawdown", share),
    ("  of", "max_drawdown_abs", money),
    ("Drawdown now", "current_drawdown", share),
    ("First trade (UTC)", "first_trade_timestamp", moment),
    ("Latest trade (UTC)", "latest_trade_timestamp", moment),
    ("Bot started (UTC)", "bot_start_timestamp", moment),
)


def blocks(command: str, body: object) -> list[Block]:
    """Return the blocks to show for the answer to a command."""
    view = _VIEWS.get(command, shapes)
    try:
        shown = view(body)
    except (LookupError, TypeError, ValueError, AttributeError):
        shown = shapes(body)
    return [block for block in shown if not block.is_empty] or [Text([Cell("Nothing to show.", DIM)])]


def table(columns: Sequence[Column], items: Iterable[Mapping[str, object]], title: str = "") -> Table:
    """Return a table of items."""
    rows = [[form(item.get(key)) for _, key, form in columns] for item in items]
    exact = frozenset(at for at, (_, _, form) in enumerate(columns) if form is not plain)
    return Table(tuple(heading for heading, _, _ in columns), rows, exact, title)


def facts(columns: Sequence[Column], item: Mapping[str, object], title: str = "") -> Facts:
    """Return a list of the facts that an item has."""
    rows = [(name, form(item[key])) for name, key, form in columns if item.get(key) is not None]
    return Facts(rows, title)


def shapes(body: object, title: str = "") -> list[Block]:
    """Format an answer by its type."""
    if isinstance(body, Mapping):
        return _mapping(body, title)
    if not isinstance(body, list):
        return [Text([plain(body)])]
    if body and all(isinstance(item, Mapping) for item in body):
        return [_items(body, title)]
    return [Facts([(title, plain(body))])] if body else []


def _items(items: Sequence[Mapping[str, object]], title: str) -> Table:
    """Return a table with a column for each plain value of the first item."""
    first = items[0]
    columns = [
        (key, key, amount if isinstance(value, float) else plain)
        for key, value in first.items()
        if not isinstance(value, list | Mapping)
    ]
    return table(columns, items, title)


def _mapping(body: Mapping[str, object], title: str) -> list[Block]:
    single: list[tuple[str, Cell]] = []
    more: list[Block] = []
    for key, value in body.items():
        if isinstance(value, Mapping) or (
            isinstance(value, list) and value and isinstance(value[0], Mapping)
        ):
            more += shapes(value, f"{title}.{key}" if title else key)
        else:
            single.append((key, plain(value)))
    return [Facts(single, title), *more] if single else more


def _closed_trades(body: Any) -> list[Block]:
    count = f"{len(body['trades'])} of {body['total_trades']} closed trades"
    return [table(_CLOSED, body["trades"]), Text([Cell(count, DIM)])]


def _one_trade(body: Any) -> list[Block]:
    columns = _OPEN if body.get("is_open") else _CLOSED
    return [facts(columns, body), table(_ORDERS, body.get("orders", []))]


def _balance(body: Any) -> list[Block]:
    stake = body["stake"]
    rows = [
        ("Total", Cell(f"{money(body['total']).text} {stake}")),
        ("  the bot's", Cell(f"{money(body['total_bot']).text} {stake}")),
        ("Since the start", percent(body["starting_capital_ratio"])),
    ]
    note = [("", Cell(body["note"], DIM))] if body.get("note") else []
    return [table(_CURRENCIES, body["currencies"]), Facts([*rows, *note])]


def _periods(body: Any) -> list[Block]:
    return [table(_PERIODS, body["data"])]


def _profits(body: Any) -> list[Block]:
    return [facts(_PROFIT, body[part], part) for part in ("all", "long", "short") if body.get(part)]


def journal(body: Any) -> list[Block]:
    """Show orders of the journal, and warn about unknown ones."""
    count = f"{len(body['orders'])} of {body['total']} orders"
    unknown = body["unknown"]
    warning = [Cell(f"{unknown} unknown: no entries in these pairs until they are resolved", RED)]
    return [table(_JOURNAL, body["orders"]), Text([*(warning if unknown else []), Cell(count, DIM)])]


def audit(body: Any) -> list[Block]:
    """Show lines of the audit log, and its head."""
    fault = [Cell(f"Audit log verification failed: {body['fault']}", RED)] if body["fault"] else []
    return [table(_AUDIT, body["lines"]), Text([*fault, Cell(f"head: {body['head']}", DIM)])]


def _resolved(body: Any) -> list[Block]:
    return [facts(_JOURNAL, body["order"]), Text([Cell(body["exchange"]["told"])])]


def _locks(body: Any) -> list[Block]:
    return [table(_LOCKS, body["locks"])]


def _grouped(heading: str, key: str) -> Callable[[Any], list[Block]]:
    columns = (
        (heading, key, plain),
        ("Trades", "count", amount),
        ("Gain", "profit_abs", gain),
        ("Profit", "profit_pct", points),
    )
    return lambda body: [table(columns, body)]


def _stats(body: Any) -> list[Block]:
    reasons = [{"reason": reason, **counts} for reason, counts in body["exit_reasons"].items()]
    columns = (
        ("Exit", "reason", plain),
        ("Won", "wins", amount),
        ("Lost", "losses", amount),
        ("Even", "draws", amount),
    )
    lasting = [(f"{kind} last", span(seconds)) for kind, seconds in body["durations"].items()]
    return [table(columns, reasons), Facts(lasting)]


def _whitelist(body: Any) -> list[Block]:
    pairs = "1 pair" if body["length"] == 1 else f"{body['length']} pairs"
    return [Facts([(pairs, plain(body["whitelist"])), ("from", plain(body["method"]))])]


def _blacklist(body: Any) -> list[Block]:
    rows = [(f"{len(body['blacklist'])} on it", plain(body["blacklist"]))]
    if body["blacklist_expanded"] != body["blacklist"]:
        rows.append(("matching", plain(body["blacklist_expanded"])))
    rows += [(pair, Cell(str(why["error_msg"]), RED)) for pair, why in body["errors"].items()]
    return [Facts(rows)]


def _logs(body: Any) -> list[Block]:
    tones = {"WARNING": "33", "ERROR": RED, "CRITICAL": RED, "DEBUG": DIM}
    return [
        Text(
            [
                Cell(f"{date} {level:8} {name}: {text}", tones.get(level, ""))
                for date, _, name, level, text in body
            ]
        )
    ]


def _candles(body: Any) -> list[Block]:
    rows = [[plain(value) for value in row] for row in body["data"]]
    columns = tuple(body["columns"])
    return [Table(columns, rows, frozenset(range(len(columns))), f"{body['pair']} {body['timeframe']}")]


def _history(body: Any) -> list[Block]:
    return [Table(tuple(body["columns"]), [[plain(value) for value in row] for row in body["data"]])]


def _strategy(body: Any) -> list[Block]:
    code = Text([Cell(line) for line in body.get("code", "").splitlines()])
    return [*_mapping({key: value for key, value in body.items() if key != "code"}, ""), code]


_VIEWS: dict[str, Callable[[Any], list[Block]]] = {
    "status": lambda body: [table(_OPEN, body)] if body else [Text([Cell("No trade is open.", DIM)])],
    "trades": _closed_trades,
    **dict.fromkeys(("trade", "reload_trade", "forceenter", "forcebuy"), _one_trade),
    "balance": _balance,
    "historic_balance": _history,
    "profit": lambda body: [facts(_PROFIT, body)],
    "profit_all": _profits,
    **dict.fromkeys(("daily", "weekly", "monthly"), _periods),
    "performance": _grouped("Pair", "pair"),
    "entries": _grouped("Entry tag", "enter_tag"),
    "exits": _grouped("Exit reason", "exit_reason"),
    "mix_tags": _grouped("Tags", "mix_tag"),
    "stats": _stats,
    "whitelist": _whitelist,
    "blacklist": _blacklist,
    "blacklist_delete": _blacklist,
    "decisions": decisions,
    **dict.fromkeys(("replay", "start_replay"), replay),
    **dict.fromkeys(("locks", "lock_add", "delete_lock", "unlock_pair"), _locks),
    "orders": journal,
    "order": lambda body: [facts(_JOURNAL, body)],
    "order_evidence": lambda body: [Text([Cell(body["told"])])],
    "settle_order": _resolved,
    "audit": audit,
    "markets": lambda body: [table(_MARKETS, body["markets"].values())],
    "logs": lambda body: _logs(body["logs"]),
    "pair_candles": _candles,
    "pair_history": _candles,
    "strategy": _strategy,
}
