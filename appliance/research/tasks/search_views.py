"""Answer what came of stored searches, in few kilobytes each: their files hold every trade of every epoch."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.errors import ApplianceError
from appliance.research.hyperopt.results.search_view import view_of
from appliance.research.hyperopt.results.views import SearchView
from appliance.research.tasks.settings import Arguments

if TYPE_CHECKING:
    from appliance.research.jobs.report import Report


def views(arguments: Arguments, report: "Report") -> bytes:
    """Return each search, as a list of one; of what cannot be read, why."""
    return msgspec.json.encode({name: [_view(Path(name))] for name in arguments["files"]})


def _view(file: Path) -> SearchView:
    try:
        return view_of(file)
    except ApplianceError as error:
        return SearchView(file=file.stem, problem=str(error))
    except Exception as error:  # noqa: BLE001 -- files from anywhere: one of them must not hide the others
        return SearchView(file=file.stem, problem=f"{file.name} cannot be read ({error!r})")
