"""Define the tables: those of freqtrade 2026.9, column by column, and our own.

Names, types, constraints and indexes are the contract by which both programs can use a database.
"""

from typing import NamedTuple


class Table(NamedTuple):
    """Define a table: its columns, its constraints, and the columns that have an index."""

    name: str
    columns: tuple[str, ...]
    constraints: tuple[str, ...]
    indexed: tuple[str, ...]

    @property
    def create(self) -> str:
        body = ", \n\t".join((*self.columns, *self.constraints))
        return f"CREATE TABLE IF NOT EXISTS {quoted(self.name)} (\n\t{body}\n)"

    @property
    def create_indexes(self) -> list[str]:
        return [
            f"CREATE INDEX IF NOT EXISTS {quoted(f'ix_{self.name}_{column}')}"
            f" ON {quoted(self.name)} ({quoted(column)})"
            for column in self.indexed
        ]


def quoted(name: str) -> str:
    return f'"{name}"'


KEY_VALUES = Table(
    "KeyValueStore",
    (
        "id INTEGER NOT NULL",
        '"key" VARCHAR(50) NOT NULL',
        "value_type VARCHAR(20) NOT NULL",
        "string_value VARCHAR(255)",
        "datetime_value DATETIME",
        "float_value DOUBLE",
        "int_value INTEGER",
    ),
    ("PRIMARY KEY (id)",),
    ("key",),
)

TRADES = Table(
    "trades",
    (
        "id INTEGER NOT NULL",
        "exchange VARCHAR(25) NOT NULL",
        "pair VARCHAR(25) NOT NULL",
        "base_currency VARCHAR(25)",
        "stake_currency VARCHAR(25)",
        "is_open BOOLEAN NOT NULL",
        "fee_open FLOAT NOT NULL",
        "fee_open_cost FLOAT",
        "fee_open_currency VARCHAR(25)",
        "fee_close FLOAT NOT NULL",
        "fee_close_cost FLOAT",
        "fee_close_currency VARCHAR(25)",
        "open_rate FLOAT NOT NULL",
        "open_rate_requested FLOAT",
        "open_trade_value FLOAT",
        "close_rate FLOAT",
        "close_rate_requested FLOAT",
        "realized_profit FLOAT",
        "close_profit FLOAT",
        "close_profit_abs FLOAT",
        "stake_amount FLOAT NOT NULL",
        "max_stake_amount FLOAT",
        "amount FLOAT NOT NULL",
        "amount_requested FLOAT",
        "open_date DATETIME NOT NULL",
        "close_date DATETIME",
        "stop_loss FLOAT",
        "stop_loss_pct FLOAT",
        "initial_stop_loss FLOAT",
        "initial_stop_loss_pct FLOAT",
        "is_stop_loss_trailing BOOLEAN NOT NULL",
        "max_rate FLOAT",
        "min_rate FLOAT",
        "exit_reason VARCHAR(255)",
        "exit_order_status VARCHAR(100)",
        "strategy VARCHAR(100)",
        "enter_tag VARCHAR(255)",
        "timeframe INTEGER",
        "trading_mode VARCHAR(7)",
        "amount_precision FLOAT",
        "price_precision FLOAT",
        "precision_mode INTEGER",
        "precision_mode_price INTEGER",
        "contract_size FLOAT",
        "leverage FLOAT",
        "is_short BOOLEAN NOT NULL",
        "liquidation_price FLOAT",
        "interest_rate FLOAT NOT NULL",
        "funding_fees FLOAT",
        "funding_fee_running FLOAT",
        "record_version INTEGER NOT NULL",
    ),
    ("PRIMARY KEY (id)",),
    ("pair", "is_open"),
)

PAIR_LOCKS = Table(
    "pairlocks",
    (
        "id INTEGER NOT NULL",
        "pair VARCHAR(25) NOT NULL",
        "side VARCHAR(25) NOT NULL",
        "reason VARCHAR(255)",
        "lock_time DATETIME NOT NULL",
        "lock_end_time DATETIME NOT NULL",
        "active BOOLEAN NOT NULL",
    ),
    ("PRIMARY KEY (id)",),
    ("pair", "lock_end_time", "active"),
)

WALLET_HISTORY = Table(
    "wallet_history",
    (
        "id INTEGER NOT NULL",
        "timestamp DATETIME NOT NULL",
        "currency VARCHAR(25) NOT NULL",
        "rate FLOAT",
        "quote_currency VARCHAR(25) NOT NULL",
        "balance FLOAT NOT NULL",
        "total_quote FLOAT",
        "total_position_value FLOAT",
        "collateral FLOAT",
        "leverage FLOAT NOT NULL",
        "bot_managed BOOLEAN NOT NULL",
    ),
    ("PRIMARY KEY (id)", "CONSTRAINT unique_wallet_daily UNIQUE (timestamp, currency)"),
    ("timestamp",),
)

CUSTOM_DATA = Table(
    "trade_custom_data",
    (
        "id INTEGER NOT NULL",
        "ft_trade_id INTEGER",
        "cd_key VARCHAR(255) NOT NULL",
        "cd_type VARCHAR(25) NOT NULL",
        "cd_value TEXT NOT NULL",
        "created_at DATETIME NOT NULL",
        "updated_at DATETIME",
    ),
    (
        "PRIMARY KEY (id)",
        "CONSTRAINT _trade_id_cd_key UNIQUE (ft_trade_id, cd_key)",
        "FOREIGN KEY(ft_trade_id) REFERENCES trades (id)",
    ),
    ("ft_trade_id",),
)

ORDERS = Table(
    "orders",
    (
        "id INTEGER NOT NULL",
        "ft_trade_id INTEGER NOT NULL",
        "ft_order_side VARCHAR(25) NOT NULL",
        "ft_pair VARCHAR(25) NOT NULL",
        "ft_is_open BOOLEAN NOT NULL",
        "ft_amount FLOAT NOT NULL",
        "ft_price FLOAT NOT NULL",
        "ft_cancel_reason VARCHAR(255)",
        "order_id VARCHAR(255) NOT NULL",
        "status VARCHAR(255)",
        "symbol VARCHAR(25)",
        "order_type VARCHAR(50)",
        "side VARCHAR(25)",
        "price FLOAT",
        "average FLOAT",
        "amount FLOAT",
        "filled FLOAT",
        "remaining FLOAT",
        "cost FLOAT",
        "stop_price FLOAT",
        "order_date DATETIME",
        "order_filled_date DATETIME",
        "order_update_date DATETIME",
        "funding_fee FLOAT",
        "ft_fee_base FLOAT",
        "ft_order_tag VARCHAR(255)",
    ),
    (
        "PRIMARY KEY (id)",
        "CONSTRAINT _order_pair_order_id UNIQUE (ft_pair, order_id)",
        "FOREIGN KEY(ft_trade_id) REFERENCES trades (id)",
    ),
    ("ft_trade_id", "order_id", "ft_is_open"),
)

FREQTRADE_TABLES = (KEY_VALUES, TRADES, PAIR_LOCKS, WALLET_HISTORY, CUSTOM_DATA, ORDERS)

OWN_ORDERS = Table(
    "appliance_orders",
    (
        "ft_pair VARCHAR(25) NOT NULL",
        "order_id VARCHAR(255) NOT NULL",
        "client_order_id VARCHAR(255)",
        "fees TEXT",
        "fee_in_quote FLOAT",
    ),
    (
        "PRIMARY KEY (ft_pair, order_id)",
        "FOREIGN KEY (ft_pair, order_id) REFERENCES orders (ft_pair, order_id)"
        " ON UPDATE CASCADE ON DELETE CASCADE",
    ),
    ("client_order_id",),
)
"""What freqtrade's table of orders has no column for: our ids, and what orders paid (`fees` is JSON).

Keyed by pair and order id, not by row: row ids are given out again when the other bot deletes rows
unknown to us, and then they would name another order.
"""

JOURNAL = Table(
    "appliance_journal",
    (
        "client_order_id VARCHAR(64) NOT NULL",
        "trade_id INTEGER NOT NULL",
        "pair VARCHAR(25) NOT NULL",
        "side VARCHAR(25) NOT NULL",
        "order_type VARCHAR(50) NOT NULL",
        "amount FLOAT NOT NULL",
        "rate FLOAT NOT NULL",
        "stop_price FLOAT",
        "state VARCHAR(20) NOT NULL",
        "order_id VARCHAR(255)",
        "note TEXT",
        "created_at DATETIME NOT NULL",
        "updated_at DATETIME NOT NULL",
    ),
    ("PRIMARY KEY (client_order_id)",),
    ("state",),
)
"""Orders that were to be sent. Lines outlive their trades: they record what this program has done."""

AUDIT = Table(
    "appliance_audit",
    (
        "number INTEGER NOT NULL",
        "chained VARCHAR(64) NOT NULL",
        "at DATETIME NOT NULL",
        "who VARCHAR(100) NOT NULL",
        "origin VARCHAR(100) NOT NULL",
        "what TEXT NOT NULL",
        "before TEXT",
        "after TEXT",
    ),
    ("PRIMARY KEY (number)",),
    (),
)
"""Every command and change of the configuration, each line chained to the one before."""

OUTBOX = Table(
    "appliance_outbox",
    (
        "id INTEGER NOT NULL",
        "service VARCHAR(60) NOT NULL",
        "created_at DATETIME NOT NULL",
        "content TEXT NOT NULL",
    ),
    ("PRIMARY KEY (id)",),
    ("service",),
)
"""Messages that their services have not taken yet."""
