"""Define every kind of step that leads to a decision: its facts, and the sentence that they make.

The one table of kinds. Recording, the API, the websocket, the client and docs/why.md follow it.
"""

from enum import StrEnum

import msgspec


class Subject(StrEnum):
    """Name what a step is about."""

    ENTRY = "entry"
    EXIT = "exit"
    ORDER = "order"
    PAIR = "pair"
    BOT = "bot"


class Kind(StrEnum):
    SIGNAL = "signal"
    NO_SIGNAL = "no_signal"
    CONTRADICTING_SIGNALS = "contradicting_signals"
    NO_SHORTS = "no_shorts"
    SIGNAL_EXPIRED = "signal_expired"
    OUTDATED = "outdated"
    NO_CANDLES = "no_candles"
    ANALYSIS_FAILED = "analysis_failed"
    IN_TRADE = "in_trade"
    LOCKED = "locked"
    NO_SLOT = "no_slot"
    THIN_ORDER_BOOK = "thin_order_book"
    PLANNED = "planned"
    NO_STAKE = "no_stake"
    NOT_CONFIRMED = "not_confirmed"
    NO_VOLUME = "no_volume"
    RANGE_ENDS = "range_ends"
    HAD_ITS_TRADE = "had_its_trade"
    NOT_LISTED = "not_listed"
    REFUSED = "refused"
    EXCHANGE_REFUSED = "exchange_refused"
    EXCHANGE_FAILED = "exchange_failed"
    NOT_WRITTEN = "not_written"

    HOLDS = "holds"
    STOP_MOVED = "stop_moved"
    EXIT_DUE = "exit_due"
    EXIT_NOT_CONFIRMED = "exit_not_confirmed"
    EXIT_NOT_ASSUMED = "exit_not_assumed"
    EXIT_WAITS = "exit_waits"
    EXIT_FAILED = "exit_failed"
    ADJUSTMENT_WANTED = "adjustment_wanted"
    NOT_ADJUSTED = "not_adjusted"

    ORDER_PLACED = "order_placed"
    ORDER_FILLED = "order_filled"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_REFUSED = "order_refused"
    ORDER_UNKNOWN = "order_unknown"
    TRADE_CLOSED = "trade_closed"

    LEFT_OUT = "left_out"
    LISTED = "listed"
    PROTECTION = "protection"

    PAUSED = "paused"
    STOPPED = "stopped"
    BARRED = "barred"
    EXCHANGE_SILENT = "exchange_silent"
    DATABASE_TROUBLE = "database_trouble"
    CYCLE_FAILED = "cycle_failed"


class Form(msgspec.Struct, frozen=True):
    """State what steps of a kind say.

    `words` names facts in braces; a part in brackets is left out where a fact in it is empty. Steps of one
    candle with the same first `key` facts are one step, which is counted and has the newest facts.
    """

    subject: Subject
    words: str
    facts: tuple[str, ...] = ()
    key: int = 0


_ORDER = ("order_id", "side", "order_type", "amount", "rate", "tag")
_ORDER_WORDS = "{order_type} {side} of {amount} at {rate}[ ({tag})]"

FORMS: dict[Kind, Form] = {
    Kind.SIGNAL: Form(Subject.ENTRY, "signal to enter {side}[ ({tag})]", ("side", "tag")),
    Kind.NO_SIGNAL: Form(Subject.ENTRY, "no entry: no entry signal[, only {signals}]", ("signals",)),
    Kind.CONTRADICTING_SIGNALS: Form(
        Subject.ENTRY, "no entry: the signals contradict each other ({signals})", ("signals",)
    ),
    Kind.NO_SHORTS: Form(
        Subject.ENTRY, "no entry: enter_short is set, but the bot does not trade short", ("signals",)
    ),
    Kind.SIGNAL_EXPIRED: Form(
        Subject.ENTRY,
        "no entry: the candle of the signal closed more than {seconds} s ago "
        "(ignore_buying_expired_candle_after)",
        ("seconds",),
    ),
    Kind.OUTDATED: Form(
        Subject.ENTRY,
        "no entry: the newest candle is that of {candle}; the exchange has delivered no newer one",
        ("candle",),
    ),
    Kind.NO_CANDLES: Form(Subject.ENTRY, "not analysed: the exchange has delivered no candles"),
    Kind.ANALYSIS_FAILED: Form(Subject.ENTRY, "not analysed: {error}", ("error",)),
    Kind.IN_TRADE: Form(Subject.ENTRY, "no entry: trade {trade_id} is open", ("trade_id",)),
    Kind.LOCKED: Form(
        Subject.ENTRY,
        "no entry: locked until {until}[ by {protection}][: {reason}]",
        ("until", "protection", "reason"),
    ),
    Kind.NO_SLOT: Form(
        Subject.ENTRY, "no entry: no free slot, {open} of {most} trades are open", ("open", "most")
    ),
    Kind.THIN_ORDER_BOOK: Form(
        Subject.ENTRY,
        "no entry: bids are {ratio} of asks in the order book, less than {least} (check_depth_of_market)",
        ("ratio", "least"),
    ),
    Kind.PLANNED: Form(
        Subject.ENTRY,
        "entry planned: {order_type} {side} of {amount} at {rate}[ (custom_entry_price; proposed {proposed})]"
        ", stake {stake} of {available} available[ (custom_stake_amount; proposed {proposed_stake})]"
        "[, leverage {leverage}]",
        (
            *("side", "order_type", "amount", "rate", "proposed"),
            *("stake", "proposed_stake", "available", "leverage"),
        ),
    ),
    Kind.NO_STAKE: Form(
        Subject.ENTRY,
        "no entry: {reason} (wanted {wanted}[, at least {least}][, at most {largest}], "
        "available {available})",
        ("reason", "wanted", "least", "largest", "available"),
    ),
    Kind.NOT_CONFIRMED: Form(
        Subject.ENTRY,
        "no entry: confirm_trade_entry said no ({side}, {amount} at {rate})",
        ("side", "amount", "rate"),
    ),
    Kind.NO_VOLUME: Form(
        Subject.ENTRY, "no entry: the volume of the candle is too small for the volume cap (backtests)"
    ),
    Kind.RANGE_ENDS: Form(Subject.ENTRY, "no entry: the tested range ends with this candle (backtests)"),
    Kind.HAD_ITS_TRADE: Form(
        Subject.ENTRY, "no entry: a trade of the pair has closed in this candle (backtests)"
    ),
    Kind.NOT_LISTED: Form(Subject.PAIR, "not traded: the pair lists leave it out in this candle (backtests)"),
    Kind.REFUSED: Form(Subject.ENTRY, "no entry: {error}", ("error",)),
    Kind.EXCHANGE_REFUSED: Form(
        Subject.ENTRY, "no entry: the exchange refused the order: {error}", ("error",)
    ),
    Kind.EXCHANGE_FAILED: Form(Subject.ENTRY, "no entry: {error}", ("error",)),
    Kind.NOT_WRITTEN: Form(Subject.ENTRY, "no entry: the order could not be written down first"),
    Kind.HOLDS: Form(
        Subject.EXIT,
        "trade {trade_id} stays open: profit {profit} at {rate}, stop at {stop} not reached"
        "[, ROI asks {roi}][, {signal}]",
        ("trade_id", "profit", "rate", "stop", "roi", "signal"),
        key=1,
    ),
    Kind.STOP_MOVED: Form(
        Subject.EXIT,
        "stop of trade {trade_id} moved from {before} to {stop}[ ({by})]",
        ("trade_id", "before", "stop", "by"),
        key=1,
    ),
    Kind.EXIT_DUE: Form(
        Subject.EXIT,
        "exit of trade {trade_id} wanted: {rule}[ ({tag})] at {rate}, profit {profit}",
        ("trade_id", "rule", "tag", "rate", "profit"),
        key=3,
    ),
    Kind.EXIT_NOT_CONFIRMED: Form(
        Subject.EXIT, "no exit: confirm_trade_exit said no to {reason}", ("trade_id", "reason"), key=2
    ),
    Kind.EXIT_NOT_ASSUMED: Form(
        Subject.EXIT,
        "no exit: that {reason} was reached after the entry of the same candle is not assumed (backtests)",
        ("trade_id", "reason"),
        key=2,
    ),
    Kind.EXIT_WAITS: Form(
        Subject.EXIT,
        "no other exit: the order for {reason} is still open",
        ("trade_id", "reason"),
        key=2,
    ),
    Kind.EXIT_FAILED: Form(
        Subject.EXIT, "exit of trade {trade_id} failed: {error}", ("trade_id", "error"), key=1
    ),
    Kind.ADJUSTMENT_WANTED: Form(
        Subject.EXIT,
        "adjust_trade_position asks for a stake of {change}[ ({tag})]",
        ("trade_id", "change", "tag"),
        key=1,
    ),
    Kind.NOT_ADJUSTED: Form(Subject.EXIT, "not adjusted: {reason}", ("trade_id", "reason"), key=1),
    Kind.ORDER_PLACED: Form(Subject.ORDER, f"order placed: {_ORDER_WORDS}", _ORDER, key=1),
    Kind.ORDER_FILLED: Form(Subject.ORDER, f"order filled: {_ORDER_WORDS}", _ORDER, key=1),
    Kind.ORDER_CANCELLED: Form(
        Subject.ORDER, f"order cancelled: {_ORDER_WORDS}: {{reason}}", (*_ORDER, "reason"), key=1
    ),
    Kind.ORDER_REFUSED: Form(
        Subject.ORDER, f"order refused by the exchange: {_ORDER_WORDS}: {{reason}}", (*_ORDER, "reason")
    ),
    Kind.ORDER_UNKNOWN: Form(
        Subject.ORDER,
        f"answer lost, the order is being looked for: {_ORDER_WORDS}: {{reason}}",
        (*_ORDER, "reason"),
        key=1,
    ),
    Kind.TRADE_CLOSED: Form(
        Subject.EXIT,
        "trade {trade_id} closed[ by {reason}]: {profit}, {gain} {currency}",
        ("trade_id", "reason", "profit", "gain", "currency"),
        key=1,
    ),
    Kind.LEFT_OUT: Form(Subject.PAIR, "not traded: {list} leaves it out[: {reason}]", ("list", "reason")),
    Kind.LISTED: Form(Subject.PAIR, "on the whitelist"),
    Kind.PROTECTION: Form(
        Subject.PAIR,
        "{protection} locks it until {until}: {reason}",
        ("protection", "until", "reason"),
        key=1,
    ),
    Kind.PAUSED: Form(Subject.BOT, "no entry: the bot is paused"),
    Kind.STOPPED: Form(Subject.BOT, "nothing is decided: the bot is stopped"),
    Kind.BARRED: Form(Subject.BOT, "no entry: {reason}", ("reason",)),
    Kind.EXCHANGE_SILENT: Form(
        Subject.BOT, "no entry: the exchange has not answered for {seconds} s", ("seconds",)
    ),
    Kind.DATABASE_TROUBLE: Form(Subject.BOT, "no entry: {reason}", ("reason",)),
    Kind.CYCLE_FAILED: Form(Subject.BOT, "no entry: the cycle failed: {error}", ("error",)),
}

RATIOS = frozenset({"profit", "roi"})
"""Facts that are ratios, shown in percent."""
TIMES = frozenset({"until", "candle"})
"""Facts in ms since 1970, UTC."""
