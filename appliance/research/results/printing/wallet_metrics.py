"""Make the part of a strategy's figures that follows from the account's worth at every candle."""

from collections.abc import Mapping
from typing import Any

from appliance.research.results.amounts import coin
from appliance.research.results.printing.output import HEADING

_RATIOS = ("sharpe", "sortino", "calmar")


def wallet_metrics(measured: Mapping[str, Any], stake: str) -> list[tuple[str, str]]:
    """Return rows, a space before them; none for results that do not have these figures."""
    if not measured:
        return []
    lowest, highest = coin(measured["low_balance"], stake), coin(measured["high_balance"], stake)
    rows = [
        ("", ""),
        (f"{HEADING}Wallet based Metrics", ""),
        ("Min/Max balance (wallet balance)", f"{lowest} / {highest}"),
        ("Min/Max balance dates (wallet balance)", f"{measured['low_date']} / {measured['high_date']}"),
    ]
    if "max_drawdown_abs" in measured:
        depth = coin(measured["max_drawdown_abs"], stake)
        rows += [
            ("Max % of account underwater (balance)", f"{measured['max_relative_drawdown']:.2%}"),
            ("Absolute drawdown (wallet balance)", f"{depth} ({measured['max_drawdown_account']:.2%})"),
            ("Drawdown duration", str(measured.get("drawdown_duration", "N/A"))),
            ("Profit at drawdown start", coin(measured["max_drawdown_high"], stake)),
            ("Profit at drawdown end", coin(measured["max_drawdown_low"], stake)),
            ("Drawdown start", str(measured["drawdown_start"])),
            ("Drawdown end", str(measured["drawdown_end"])),
            *(_ratio(measured, name) for name in _RATIOS),
        ]
    return rows


def _ratio(measured: Mapping[str, Any], name: str) -> tuple[str, str]:
    shown = f"{measured[name]:.2f}" if name in measured else "N/A"
    return f"{name.capitalize()} (daily wallet balance)", shown
