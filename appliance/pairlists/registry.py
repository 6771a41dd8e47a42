"""Know every pair list by name, and what each can be told."""

from collections.abc import Mapping
from typing import Any

import msgspec

from appliance.pairlists.age import AgeFilter
from appliance.pairlists.cross_market import CrossMarketPairList
from appliance.pairlists.delist import DelistFilter
from appliance.pairlists.full_trades import FullTradesFilter
from appliance.pairlists.market_cap import MarketCapPairList
from appliance.pairlists.offset import OffsetFilter
from appliance.pairlists.pair_information import PairInformationFilter
from appliance.pairlists.pairlist import PairList
from appliance.pairlists.parameters import described
from appliance.pairlists.percent_change import PercentChangePairList
from appliance.pairlists.performance import PerformanceFilter
from appliance.pairlists.precision import PrecisionFilter
from appliance.pairlists.price import PriceFilter
from appliance.pairlists.producer import ProducerPairList
from appliance.pairlists.range_stability import RangeStabilityFilter
from appliance.pairlists.remote import RemotePairList
from appliance.pairlists.shuffle import ShuffleFilter
from appliance.pairlists.spread import SpreadFilter
from appliance.pairlists.static import StaticPairList
from appliance.pairlists.volatility import VolatilityFilter
from appliance.pairlists.volume import VolumePairList

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
    """Describe a pair list to people; `params` as `parameters.described` has them."""

    name: str
    description: str
    is_pairlist_generator: bool
    params: dict[str, dict[str, Any]]


def available() -> list[AvailablePairList]:
    """Return every pair list there is, by name."""
    return [
        AvailablePairList(name, kind.description, kind.generates, described(kind.parameters))
        for name, kind in sorted(PAIR_LISTS.items())
    ]
