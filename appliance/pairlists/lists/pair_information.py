"""Choose pairs by what the exchange says of their markets."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from appliance.pairlists.base.pairlist import InBacktest, PairList, Walk
from appliance.pairlists.base.parameters import Parameters, param


class PairInformationParameters(Parameters, frozen=True, kw_only=True):
    info_key: Annotated[
        str,
        param(
            "Key",
            'What to compare: a key of ccxt\'s market, dots lead inside, such as "info.permissions".',
            shown="",
            min_length=1,
        ),
    ]
    info_compare_value: Annotated[str, param("Value", "What it is compared with.", shown="", min_length=1)]
    selection_mode: Annotated[
        Literal["whitelist", "blacklist"],
        param("Mode", "Keep the pairs that have this value, or those that do not."),
    ] = "whitelist"


class PairInformationFilter(PairList[PairInformationParameters]):
    """Compare one value of each market."""

    description = "Keeps or leaves out pairs by one value of the exchange's market data."
    parameters = PairInformationParameters
    in_backtest = InBacktest.BIASED

    def summary(self) -> str:
        verb = "keeps" if self.set.selection_mode == "whitelist" else "leaves out"
        return f"{self.name}: {verb} pairs whose {self.set.info_key} is {self.set.info_compare_value}"

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        wanted = self.set.selection_mode == "whitelist"
        details = self.around.gateway.market_details
        return [
            pair
            for pair in pairs
            if (value_at(details(pair), self.set.info_key) == self.set.info_compare_value) is wanted
        ]


def value_at(details: Mapping[str, Any], key: str) -> Any:
    """Return what stands at a dotted key; an empty text where nothing does."""
    found: Any = details
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
        if found is None:
            return ""
    return found
