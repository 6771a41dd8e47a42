"""Answer which loss functions a search can use."""

import inspect
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.enums import RunMode
from appliance.research.hyperopt.losses.own import own_losses
from appliance.research.hyperopt.losses.registry import LOSSES
from appliance.research.tasks.settings import Arguments, settings_of

if TYPE_CHECKING:
    from appliance.research.jobs.report import Report


def listed(arguments: Arguments, report: "Report") -> bytes:
    """Return names and descriptions: those of this program, and the user's own."""
    loaded = settings_of(arguments, RunMode.UTIL_NO_EXCHANGE)
    described = {name: inspect.getdoc(loss) or "" for name, loss in LOSSES.items()}
    for name, file, status in own_losses([loaded.user_data_dir / "hyperopts"]):
        if status == "OK":
            described[name] = f"Your own, in {file.name}."
    shown = [{"name": name, "description": text} for name, text in sorted(described.items())]
    return msgspec.json.encode({"loss_functions": shown})
