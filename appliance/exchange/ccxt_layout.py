"""Describe markets in ccxt's layout, which strategies know."""

from typing import Any

from appliance.domain.market import Market


def ccxt_layout(market: Market) -> dict[str, Any]:
    """Return a market as ccxt would describe it, without the exchange's own `info`."""
    return {
        "id": market.pair.partition(":")[0].replace("/", ""),
        "symbol": market.pair,
        "base": market.base,
        "quote": market.quote,
        "active": market.active,
        "spot": market.spot,
        "swap": market.swap,
        "type": "spot" if market.spot else "swap",
        "maker": market.maker,
        "taker": market.taker,
        "linear": True if market.swap else None,
        "contractSize": market.contract_size,
        "precision": {"amount": market.amount_precision, "price": market.price_precision},
        "limits": {
            "amount": {"min": market.amount_min, "max": market.amount_max},
            "price": {"min": market.price_min, "max": market.price_max},
            "cost": {"min": market.cost_min, "max": market.cost_max},
        },
        "info": {},
    }
