"""Filter pairs by a value of the market data of the exchange."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from appliance.pairlists.base.pairlist import ChainRun, InBacktest, PairList
from appliance.pairlists.base.parameters import Parameters, param


class PairInformationParameters(Parameters, frozen=True, kw_only=True):
    info_key: Annotated[
        str,
        param(
            "Key",
            'A key of a market in ccxt, with dots for nested keys, e.g. "info.permissions".',
            shown="",
            min_length=1,
        ),
    ]
    info_compare_value: Annotated[str, param("Value", "The value to compare with.", shown="", min_length=1)]
    selection_mode: Annotated[
        Literal["whitelist", "blacklist"],
        param("Mode", "Keep the pairs with this value, or those without it."),
    ] = "whitelist"


class PairInformationFilter(PairList[PairInformationParameters]):
    """Compare one value of each market with the configured one."""

    description = "Keeps or removes pairs by one value of the market data of the exchange."
    parameters = PairInformationParameters
    in_backtest = InBacktest.BIASED

    def summary(self) -> str:
        verb = "keeps" if self.params.selection_mode == "whitelist" else "removes"
        return f"{self.name}: {verb} pairs whose {self.params.info_key} is {self.params.info_compare_value}"

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        wanted = self.params.selection_mode == "whitelist"
        details = self.context.gateway.market_details
        return [
            pair
            for pair in pairs
            if (value_at(details(pair), self.params.info_key) == self.params.info_compare_value) is wanted
        ]


def value_at(details: Mapping[str, Any], key: str) -> Any:
    """Return the value at a dotted key; an empty text if there is none."""
    found: Any = details
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
        if found is None:
            return ""
    return found
