"""Compose new configurations, with random secrets and sensible defaults."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.domain.json_value import JsonObject

DEMO_SPEED = 20.0
_DEMO_BASES = """
BTC ETH BNB SOL XRP ADA DOGE TRX AVAX LINK DOT LTC BCH UNI ATOM ETC XLM NEAR APT FIL ARB OP INJ SUI
"""
DEMO_PAIRS = tuple(f"{base}/USDT" for base in _DEMO_BASES.split())
USERNAME = "trader"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The values of a new configuration that its user may choose."""

    exchange: str = "simulated"
    pairs: Sequence[str] = DEMO_PAIRS
    stake_currency: str = "USDT"
    stake_amount: float | str = "unlimited"
    max_open_trades: int = 5
    dry_run: bool = True
    fiat_display_currency: str = "USD"
    timeframe: str | None = None
    strategy: str | None = "SampleStrategy"
    listen_ip_address: str = "127.0.0.1"
    listen_port: int = 8080
    username: str = USERNAME
    key: str = ""
    secret: str = ""


def new_configuration(chosen: Choices | None = None) -> JsonObject:
    """Compose a configuration with new secrets; without choices one for the simulated exchange."""
    chosen = chosen or Choices()
    return {
        **({"strategy": chosen.strategy} if chosen.strategy else {}),
        **({"timeframe": chosen.timeframe} if chosen.timeframe else {}),
        "max_open_trades": chosen.max_open_trades,
        "stake_currency": chosen.stake_currency,
        "stake_amount": chosen.stake_amount,
        "tradable_balance_ratio": 0.99,
        "fiat_display_currency": chosen.fiat_display_currency,
        "dry_run": chosen.dry_run,
        "dry_run_wallet": 1000,
        "cancel_open_orders_on_exit": False,
        "trading_mode": "spot",
        "unfilledtimeout": {"entry": 10, "exit": 10, "exit_timeout_count": 0, "unit": "minutes"},
        "entry_pricing": {"price_side": "same", "use_order_book": True, "order_book_top": 1},
        "exit_pricing": {"price_side": "same", "use_order_book": True, "order_book_top": 1},
        "exchange": _exchange(chosen),
        "pairlists": [{"method": "StaticPairList"}],
        "api_server": {
            "enabled": True,
            "listen_ip_address": chosen.listen_ip_address,
            "listen_port": chosen.listen_port,
            "username": chosen.username,
            "password": secrets.token_urlsafe(15),
            "jwt_secret_key": secrets.token_hex(32),
            "ws_token": secrets.token_urlsafe(25),
            "CORS_origins": [],
            "verbosity": "error",
        },
        "bot_name": "appliance",
        "initial_state": "running",
        "force_entry_enable": True,
        "internals": {"process_throttle_secs": 5},
    }


def as_text(configuration: JsonObject) -> str:
    """Format a configuration as the JSON of its file."""
    return json.dumps(configuration, indent=4, ensure_ascii=False) + "\n"


def _exchange(chosen: Choices) -> JsonObject:
    exchange: JsonObject = {
        "name": chosen.exchange,
        "pair_whitelist": list(chosen.pairs),
        "pair_blacklist": [],
    }
    if chosen.exchange == "simulated":
        return exchange | {"simulated": {"seed": 1, "speed": DEMO_SPEED}}
    keys = {"key": chosen.key, "secret": chosen.secret}
    return exchange | keys | {"ccxt_config": {}, "ccxt_async_config": {}}
