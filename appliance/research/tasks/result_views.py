"""Answer what came of stored runs, in few kilobytes each; reports of results that have none."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.errors import ApplianceError
from appliance.research.results.run_view import RunView
from appliance.research.results.view import views_of
from appliance.research.tasks.settings import Arguments

if TYPE_CHECKING:
    from appliance.research.jobs.report import Report


def views(arguments: Arguments, report: "Report") -> bytes:
    """Return the runs of each file; of what cannot be read, why."""
    return msgspec.json.encode({name: _views(Path(name)) for name in arguments["files"]})


def _views(file: Path) -> list[RunView]:
    try:
        return views_of(file)
    except ApplianceError as error:
        return [RunView(file=file.stem, strategy="", problem=str(error))]
    except Exception as error:  # noqa: BLE001 -- files from anywhere: one of them must not hide the others
        return [RunView(file=file.stem, strategy="", problem=f"{file.name} cannot be read ({error!r})")]
