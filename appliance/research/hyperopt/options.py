"""State what a search is asked for beside the settings of a backtest."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from appliance.config.documented import doc
from appliance.domain.errors import ConfigurationError

_Count = Annotated[int, msgspec.Meta(ge=1)]
_Whole = Annotated[int, msgspec.Meta(ge=0)]


class SearchOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the keys of freqtrade's command line and configurations that only a search reads.

    `continue_search`, `histories`, `no_report` and `scheduler` are ours.
    """

    epochs: Annotated[_Count, doc("Epochs to test.")] = 100
    spaces: Annotated[tuple[str, ...], doc("Spaces to search.")] = ("default",)
    hyperopt_loss: Annotated[str | None, doc("Loss function.")] = None
    hyperopt_path: Annotated[str | None, doc("Folder with loss functions.")] = None
    hyperopt_min_trades: Annotated[int, doc("Fewest trades of an epoch that counts.")] = 1
    hyperopt_random_state: Annotated[int | None, doc("Seed of the search.")] = None
    hyperopt_jobs: Annotated[int, doc("Processes at once; -1 for one a core.")] = -1
    hyperopt_ignore_missing_space: Annotated[bool, doc("Leave out spaces without parameters.")] = False
    analyze_per_epoch: Annotated[bool, doc("Make indicators anew in each epoch.")] = False
    early_stop: Annotated[int, doc("Epochs without a better one that end the search; 0: none.")] = 0
    disableparamexport: Annotated[bool, doc("Leave the strategy's parameter file as it is.")] = False
    print_all: Annotated[bool, doc("Show every epoch, not only better ones.")] = False
    print_json: Annotated[bool, doc("Show parameters as JSON.")] = False
    continue_search: Annotated[bool, doc("Go on with a search that was interrupted.")] = False
    hyperoptexportfilename: Annotated[str | None, doc("File of the search to go on with.")] = None
    histories: Annotated[_Whole, doc("Made-up histories that the best parameters are tested on.")] = 10
    no_report: Annotated[bool, doc("Do not examine how far the result can be trusted.")] = False
    scheduler: Annotated[str | None, doc("Address of a Dask scheduler.")] = None

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "SearchOptions":
        """Read them from a merged configuration. Raises ConfigurationError naming the key."""
        given = {key: config[key] for key in cls.__struct_fields__ if config.get(key) is not None}
        if isinstance(given.get("spaces"), str):
            given["spaces"] = given["spaces"].split()
        try:
            return msgspec.convert(given, cls, strict=False)
        except msgspec.ValidationError as error:
            problem, _, path = str(error).partition(" - at `$.")
            raise ConfigurationError(f"{path.rstrip('`') or 'hyperopt'}: {problem}") from None
