"""Write an epoch as freqtrade writes it: one line of JSON in a file `.fthypt`."""

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from appliance.research.hyperopt.epoch import Epoch

VERSION = 2
"""`fthypt_fileversion`: from this one on, parameters can be exported."""


def explained(statistics: Mapping[str, Any]) -> str:
    """Return an epoch in a sentence, as freqtrade has it."""
    return (
        f"{statistics['total_trades']:6d} trades. "
        f"{statistics['wins']}/{statistics['draws']}/{statistics['losses']} Wins/Draws/Losses. "
        f"Avg profit {statistics['profit_mean']:7.2%}. Median profit {statistics['profit_median']:7.2%}. "
        f"Total profit {statistics['profit_total_abs']:11.8f} {statistics['stake_currency']} "
        f"({statistics['profit_total']:8.2%}). Avg duration {statistics['holding_avg']} min."
    )


def recorded(epoch: "Epoch", statistics: Mapping[str, Any]) -> bytes:
    """Return the part of an epoch's line that is known where it is evaluated."""
    return _json(
        {
            "loss": epoch.loss,
            "params_dict": epoch.params,
            "params_details": epoch.details,
            "params_not_optimized": epoch.not_searched,
            "results_metrics": statistics,
            "results_explanation": epoch.explanation,
            "total_profit": statistics["profit_total"],
        }
    )


def line_of(epoch: "Epoch") -> bytes:
    """Return the line of an epoch that has its number, with its end."""
    known = {
        "current_epoch": epoch.number,
        "is_initial_point": epoch.is_initial,
        "is_best": epoch.is_best,
        "is_random": False,
        "fthypt_fileversion": VERSION,
    }
    return epoch.record[:-1] + b"," + _json(known)[1:] + b"\n"


def _json(values: Mapping[str, Any]) -> bytes:
    if not math.isfinite(values.get("loss", 0.0)):  # orjson would write null, and freqtrade reads NaN
        return json.dumps(values, default=_plain, separators=(",", ":")).encode()
    return orjson.dumps(values, default=_plain, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY)


def _plain(value: Any) -> Any:
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)
