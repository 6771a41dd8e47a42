"""Take pairs from the configuration, and leave out what is blacklisted or not traded."""

import logging
from collections.abc import Mapping, Sequence

from appliance.domain.market import Market
from appliance.pairlists.expand import expand

log = logging.getLogger(__name__)


class StaticPairs:
    """Answer the whitelist: the configured pairs that the exchange trades for the stake currency."""

    name = "StaticPairList"

    def __init__(
        self,
        whitelist: Sequence[str],
        blacklist: Sequence[str],
        stake_currency: str,
        *,
        allow_inactive: bool = False,
    ) -> None:
        self.configured = list(whitelist)
        self.blacklist = list(blacklist)
        self._stake_currency = stake_currency
        self._allow_inactive = allow_inactive
        self._told: set[str] = set()

    def unknown(self, markets: Mapping[str, Market]) -> list[str]:
        """Return the configured pairs that the exchange does not have."""
        known = list(markets)
        wanted = expand(self.configured, known, keep_unknown=True)
        return [pair for pair in wanted if pair not in markets]

    def pairs(self, markets: Mapping[str, Market]) -> list[str]:
        """Return the pairs that may be traded now, in the configured order; say once why one is left out."""
        known = list(markets)
        barred = set(expand(self.blacklist, known))
        chosen = []
        for pair in expand(self.configured, known):
            reason = self._reason_against(markets[pair], barred)
            if reason is None:
                chosen.append(pair)
            elif pair not in self._told:
                self._told.add(pair)
                log.warning("Leaving %s out of the whitelist: %s", pair, reason)
        return chosen

    def _reason_against(self, market: Market, barred: set[str]) -> str | None:
        if market.pair in barred:
            return "it is blacklisted"
        if market.quote != self._stake_currency:
            return f"it is not paid for in {self._stake_currency}"
        if not market.active and not self._allow_inactive:
            return "the exchange does not trade it now"
        return None
