"""Format amounts of money."""

import math

from appliance.research.results.statistics.settings_shown import stake_decimals


def coin(amount: float | None, currency: str, *, name: bool = True) -> str:
    """Return an amount such as "98.5 USDT", without zeros at its end; N/A for none."""
    if amount is None or math.isnan(amount):
        text = "N/A"
    else:
        text = f"{amount:.{stake_decimals(currency)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {currency}" if name else text


def fixed(amount: float, currency: str) -> str:
    """Return an amount with all its decimals, for columns: "98.500"."""
    return f"{amount:.{stake_decimals(currency)}f}"
