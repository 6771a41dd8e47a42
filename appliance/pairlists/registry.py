"""Name every pair list, and describe its parameters."""

from collections.abc import Mapping
from typing import Any

import msgspec

from appliance.pairlists.base.pairlist import PairList
from appliance.pairlists.base.parameters import described
from appliance.pairlists.lists.age import AgeFilter
from appliance.pairlists.lists.cross_market import CrossMarketPairList
from appliance.pairlists.lists.delist import DelistFilter
from appliance.pairlists.lists.full_trades import FullTradesFilter
from appliance.pairlists.lists.market_cap import MarketCapPairList
from appliance.pairlists.lists.offset import OffsetFilter
from appliance.pairlists.lists.pair_information import PairInformationFilter
from appliance.pairlists.lists.percent_change import PercentChangePairList
from appliance.pairlists.lists.performance import PerformanceFilter
from appliance.pairlists.lists.precision import PrecisionFilter
from appliance.pairlists.lists.price import PriceFilter
from appliance.pairlists.lists.producer import ProducerPairList
from appliance.pairlists.lists.range_stability import RangeStabilityFilter
from appliance.pairlists.lists.remote import RemotePairList
from appliance.pairlists.lists.shuffle import ShuffleFilter
from appliance.pairlists.lists.spread import SpreadFilter
from appliance.pairlists.lists.static import StaticPairList
from appliance.pairlists.lists.volatility import VolatilityFilter
from appliance.pairlists.lists.volume import VolumePairList

PAIR_LISTS: Mapping[str, type[PairList[Any]]] = {
    kind.__name__: kind
    for kind in (
        AgeFilter,
        CrossMarketPairList,
        DelistFilter,
        FullTradesFilter,
        MarketCapPairList,
        OffsetFilter,
        PairInformationFilter,
        PercentChangePairList,
        PerformanceFilter,
        PrecisionFilter,
        PriceFilter,
        ProducerPairList,
        RangeStabilityFilter,
        RemotePairList,
        ShuffleFilter,
        SpreadFilter,
        StaticPairList,
        VolatilityFilter,
        VolumePairList,
    )
}
"""Every pair list by its `method`."""


class AvailablePairList(msgspec.Struct, frozen=True):
    """Describe a pair list for the API; `params` as `parameters.described` returns them."""

    name: str
    description: str
    is_pairlist_generator: bool
    params: dict[str, dict[str, Any]]


def available() -> list[AvailablePairList]:
    """Return every pair list, sorted by name."""
    return [
        AvailablePairList(name, kind.description, kind.generates, described(kind.parameters))
        for name, kind in sorted(PAIR_LISTS.items())
    ]
