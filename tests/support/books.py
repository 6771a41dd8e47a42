"""Compare the books: what the exchange's ledger says against what the bot's database says.

`differences` reads both from outside and reckons everything anew from the exchange's fills: orders, amounts,
costs, fees, positions, the profit of each trade, what the account made. Nothing of the bot's code is used.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

LEAST_RATIO, LEFT_OVER = 0.002, 5.5
"""What may be missing of a position (fees), as a ratio; what dust, rounding and fees may leave of it, in USDT
at a later price than that at which it was too little."""
PROFIT_TOLERANCE = 0.01
"""By how much a trade's profit may differ (quote currency), besides one lot step at the trade's price."""
PAID_WITH = ("USDT", "BNB")
"""Currencies that are no positions of the bot."""
BY_HAND = "web"
"""With this the client ids of orders begin that the user has placed."""


class Books(msgspec.Struct):
    """Hold what the database says: rows by name of their columns."""

    trades: dict[int, dict[str, Any]]
    orders: list[dict[str, Any]]
    journal: dict[str, dict[str, Any]]

    @property
    def by_number(self) -> dict[str, dict[str, Any]]:
        return {row["order_id"]: row for row in self.orders}

    def of_trade(self, trade_id: int) -> list[dict[str, Any]]:
        """Return the orders of a trade in the order in which they were placed."""
        return [row for row in self.orders if row["ft_trade_id"] == trade_id]


class ProfitSum(msgspec.Struct):
    """What a trade's fills come to: `held` in base currency, its cost and the profit made in quote."""

    held: float = 0.0
    cost: float = 0.0
    profit: float = 0.0
    fees_in_base: float = 0.0


def read(database: Path) -> Books:
    """Read what the bot has written down."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as books:
        books.row_factory = sqlite3.Row
        tables = {
            name: [dict(row) for row in books.execute(f"SELECT * FROM {name} ORDER BY 1")]
            for name in ("trades", "orders", "appliance_journal")
        }
    books.close()
    return Books(
        trades={row["id"]: row for row in tables["trades"]},
        orders=sorted(tables["orders"], key=lambda row: (row["order_date"], row["id"])),
        journal={row["client_order_id"]: row for row in tables["appliance_journal"]},
    )


def differences(ledger: Mapping[str, Any], database: Path) -> list[str]:
    """Return what of the exchange's ledger (as JSON) and the bot's database does not agree."""
    books = read(database)
    fills: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fill in ledger["fills"]:
        fills[str(fill["order_id"])].append(fill)
    return [
        *_unsettled(books),
        *_orders_that_differ(ledger, books, fills),
        *_orders_of_two_trades(books),
        *_positions_that_differ(ledger, books),
        *_trades_that_differ(ledger, books, fills),
        *_account_that_differs(ledger, books, fills),
    ]


def profit_in(database: Path) -> tuple[float, dict[str, float]]:
    """Return the sum of closed trades' profit as the database has it, and the same by pair."""
    by_pair: Counter[str] = Counter()
    for trade in read(database).trades.values():
        if not trade["is_open"]:
            by_pair[trade["pair"]] += trade["close_profit_abs"] or 0.0
    return sum(by_pair.values()), dict(by_pair)


def _unsettled(books: Books) -> list[str]:
    return [
        f"still not settled: {key} ({row['state']})"
        for key, row in books.journal.items()
        if row["state"] in ("UNKNOWN", "INTENT")
    ]


def _orders_that_differ(
    ledger: Mapping[str, Any], books: Books, fills: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[str]:
    known, seen = books.by_number, {str(order["id"]): order for order in ledger["orders"]}
    problems = []
    for number, order in seen.items():
        if order["client_id"] in books.journal or number in known:
            problems += _compared(number, order, known.get(number), fills.get(number, ()))
        elif not order["client_id"].startswith(BY_HAND):
            problems.append(f"on the exchange alone: {number} {order['side']} {order['pair']}")
    problems += [
        f"in the database alone: {number}" for number in known if number.isdecimal() and number not in seen
    ]
    return problems


def _compared(
    number: str,
    order: Mapping[str, Any],
    known: Mapping[str, Any] | None,
    fills: Sequence[Mapping[str, Any]],
) -> list[str]:
    """Return what one of the exchange's orders and the database do not agree on."""
    executed, quote = float(order["executed"]), float(order["quote_executed"])
    if known is None:
        return [f"filled {executed} and not in the database: {number}"] if executed else []
    part = 1.0
    if order["client_id"].startswith(BY_HAND) and known["filled"]:
        # Of what the user sold by hand as much is booked as was a trade's.
        part = min(known["filled"] / executed, 1.0)
        executed, quote = executed * part, quote * part
    problems = []
    is_open = order["status"] in ("NEW", "PARTIALLY_FILLED")
    if bool(known["ft_is_open"]) != is_open:
        problems.append(f"{number}: {order['status']} there, {known['status']} in the database")
    if abs((known["filled"] or 0.0) - executed) > 1e-9:
        problems.append(f"{number}: filled {executed} on the exchange, {known['filled']} in the database")
    if executed and abs((known["cost"] or 0.0) - quote) > 1e-6:
        problems.append(f"{number}: cost {quote} on the exchange, {known['cost']} in the database")
    if executed and abs((known["average"] or 0.0) * executed - quote) > 1e-5:
        problems.append(f"{number}: average {quote / executed} there, {known['average']} in the database")
    paid = _in_base(order["pair"], fills) * part
    if known["ft_fee_base"] and abs(abs(known["ft_fee_base"]) - paid) > 1e-9:
        problems.append(f"{number}: fee {paid} there, {known['ft_fee_base']} in the database")
    return problems


def _orders_of_two_trades(books: Books) -> list[str]:
    owners: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in books.orders:
        owners[row["ft_pair"], row["order_id"]].add(row["ft_trade_id"])
        if row["ft_trade_id"] not in books.trades:
            owners[row["ft_pair"], row["order_id"]].add(-1)
    return [
        f"{number} belongs to trades {sorted(trades)}"
        for (_, number), trades in owners.items()
        if len(trades) > 1
    ]


def _positions_that_differ(ledger: Mapping[str, Any], books: Books) -> list[str]:
    held: Counter[str] = Counter()
    for trade in books.trades.values():
        if trade["is_open"]:
            held[trade["base_currency"]] += trade["amount"]
    prices = {order["pair"].split("/")[0]: _price(order) for order in ledger["orders"]}
    problems = []
    for asset, balance in ledger["balances"].items():
        there, booked = float(balance["free"]) + float(balance["locked"]), held[asset]
        if asset in PAID_WITH:
            continue
        if there < booked * (1 - LEAST_RATIO) or (there - booked) * prices.get(asset, 0.0) > LEFT_OVER:
            problems.append(f"{asset}: {there} on the exchange, {booked} in open trades")
    return problems


def _trades_that_differ(
    ledger: Mapping[str, Any], books: Books, fills: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[str]:
    problems = []
    for number, trade in books.trades.items():
        made, lot = made_by(books.of_trade(number), fills), _lot_worth(trade)
        name = f"trade {number} ({trade['pair']})"
        said = trade["realized_profit"] or 0.0
        if abs(said - made.profit) > PROFIT_TOLERANCE + lot:
            problems.append(f"{name}: made {made.profit:.4f}, realized_profit says {said:.4f}")
        if not trade["is_open"] and abs((trade["close_profit_abs"] or 0.0) - said) > 1e-6:
            problems.append(f"{name}: close_profit_abs {trade['close_profit_abs']}, realized_profit {said}")
        if trade["is_open"]:
            tolerance = (trade["amount_precision"] or 0.0) + made.fees_in_base + 1e-9
            if abs(trade["amount"] - max(0.0, made.held)) > tolerance:
                problems.append(f"{name}: its fills leave {made.held:.8f}, its amount is {trade['amount']}")
    return problems


def _part_of_trade(row: Mapping[str, Any] | None, fills: Sequence[Mapping[str, Any]]) -> float:
    """Return what part of an order's fills is booked: of what the user sold by hand, what was a trade's."""
    if row is None or not fills or not str(fills[0].get("client_order_id", "")).startswith(BY_HAND):
        return 1.0
    amount = sum(float(fill["quantity"]) for fill in fills)
    return min((row["filled"] or 0.0) / amount, 1.0)


def made_by(
    orders: Sequence[Mapping[str, Any]], fills: Mapping[str, Sequence[Mapping[str, Any]]]
) -> ProfitSum:
    """Reckon a trade from the exchange's fills of its orders: what each exit brought after its own fee, less
    the mean cost of what it sold, with the entries' own fees.

    An order that the exchange does not have stands for coins that went otherwise: at its price, without fee.
    """
    made, mean = ProfitSum(), 0.0
    for row in orders:
        filled = fills.get(row["order_id"], ())
        entry = row["side"] == "buy"
        if filled:
            amount = sum(float(fill["quantity"]) for fill in filled)
            quote = sum(float(fill["cost"]) for fill in filled)
            in_base = _in_base(row["ft_pair"], filled)
            fee = sum(
                float(fill["commission_worth"])
                for fill in filled
                if fill["commission_asset"] != row["ft_pair"].split("/")[0]
            )
            part = _part_of_trade(row, filled)
            amount, quote, in_base, fee = amount * part, quote * part, in_base * part, fee * part
        elif row["order_id"].isdecimal() or not row["filled"] or row["ft_is_open"]:
            continue
        else:
            amount, in_base, fee = row["filled"], 0.0, 0.0
            quote = amount * (row["average"] or row["price"] or row["ft_price"])
        made.fees_in_base += in_base
        if entry:
            made.held, made.cost = made.held + amount - in_base, made.cost + quote + fee
            mean = made.cost / made.held if made.held > 0 else 0.0
        else:
            sold = amount + in_base
            cost = mean * sold
            made.profit += quote - fee - cost
            made.held, made.cost = made.held - sold, made.cost - cost
    return made


def _account_that_differs(
    ledger: Mapping[str, Any], books: Books, fills: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[str]:
    """Hold the sum of all trades' profit against what the bot's orders made of the account."""
    ours = {str(o["id"]) for o in ledger["orders"] if not o["client_id"].startswith(BY_HAND)}
    ours |= set(books.by_number)
    earned = 0.0
    for number in ours:
        filled = fills.get(number, ())
        part = _part_of_trade(books.by_number.get(number), filled)
        for fill in filled:
            in_base = fill["symbol"].startswith(fill["commission_asset"])
            sign = 1 if fill["side"] == "SELL" else -1
            brought = sign * float(fill["cost"]) - (0.0 if in_base else float(fill["commission_worth"]))
            earned += part * brought
    remains, tolerance, said = 0.0, PROFIT_TOLERANCE, 0.0
    for number, trade in books.trades.items():
        made = made_by(books.of_trade(number), fills)
        remains += made.cost + _left_otherwise(books.of_trade(number), fills)
        said += trade["realized_profit"] or 0.0
        tolerance += PROFIT_TOLERANCE + _lot_worth(trade)
    if abs(earned + remains - said) <= tolerance:
        return []
    made = earned + remains
    return [f"the account made {made:.4f} (with {remains:.4f} that remains), the trades say {said:.4f}"]


def _left_otherwise(
    orders: Sequence[Mapping[str, Any]], fills: Mapping[str, Sequence[Mapping[str, Any]]]
) -> float:
    """Return what coins were worth (quote currency) that went without an order on the exchange."""
    return sum(
        row["filled"] * (row["average"] or row["price"] or row["ft_price"])
        for row in orders
        if row["side"] != "buy"
        and row["filled"]
        and not row["ft_is_open"]
        and not row["order_id"].isdecimal()
        and row["order_id"] not in fills
    )


def _in_base(pair: str, fills: Sequence[Mapping[str, Any]]) -> float:
    base = pair.split("/")[0]
    return sum(float(fill["commission"]) for fill in fills if fill["commission_asset"] == base)


def _lot_worth(trade: Mapping[str, Any]) -> float:
    """Return what one lot step of a trade is worth (quote currency)."""
    return (trade["amount_precision"] or 0.0) * max(trade["open_rate"], trade["close_rate"] or 0.0)


def _price(order: Mapping[str, Any]) -> float:
    executed = float(order["executed"])
    return float(order["quote_executed"]) / executed if executed else float(order["price"])
