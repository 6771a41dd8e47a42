"""Write the page of all pair lists: docs/pairlists.md."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from appliance.config.validation.values import expectation
from appliance.pairlists.base.pairlist import InBacktest, PairList
from appliance.pairlists.base.parameters import described, in_order
from appliance.pairlists.registry import PAIR_LISTS

_INTRODUCTION = """\
# Pair lists

Which pairs are traded. `pairlists` in the configuration is a chain: the first list yields pairs, each further
one filters, sorts or adds to what the one before returned. `exchange.pair_blacklist` has the last word. Names
of pairs in white- and blacklist may be regular expressions for the whole name, such as `(BTC|ETH)/USDT` or
`.*UP/USDT`.

```json
"pairlists": [
    {"method": "VolumePairList", "number_assets": 40, "refresh_period": 1800},
    {"method": "SpreadFilter", "max_spread_ratio": 0.005},
    {"method": "VolatilityFilter", "lookback_days": 10, "min_volatility": 0.02}
]
```

- Tickers are fetched for all lists together, at most every half hour; candles once a candle.
- A chain that takes long is gone along in the background: open trades do not wait for it.
- Where a source outside the exchange cannot be asked (`RemotePairList`, `MarketCapPairList`), the whitelist
  stays as it was and the source is asked again after a minute. At the start the whitelist is empty then.
- What is wrong with a list is told at the start and at each reload, with its key, such as
  `pairlists[2].lookback_days`.

This page is made by `python -m appliance.pairlists.reference`.
"""
_BACKTESTS = {
    InBacktest.WORKS: "works as it does live",
    InBacktest.NO: "not possible",
    InBacktest.WITHOUT_EFFECT: "without effect",
    InBacktest.BIASED: "possible, but it knows the future: it goes by today's state of the exchange",
}


def markdown() -> str:
    """Return the page."""
    parts = [_INTRODUCTION]
    for title, first in (("Lists that yield pairs", True), ("Lists that only filter", False)):
        parts.append(f"## {title}\n")
        parts += [_section(kind) for _, kind in sorted(PAIR_LISTS.items()) if kind.generates is first]
    return "\n".join(parts)


def _section(kind: type[PairList[Any]]) -> str:
    what = (kind.__doc__ or "").strip()
    lines = [f"### {kind.__name__}", "", kind.description, what, ""]
    lines += [f"In backtests: {_BACKTESTS[kind.in_backtest]}.", ""]
    rows = list(_rows(kind))
    if rows:
        lines += ["| Parameter | Takes | Default | Meaning |", "| --- | --- | --- | --- |", *rows, ""]
    return "\n".join(lines)


def _rows(kind: type[PairList[Any]]) -> Iterator[str]:
    texts = described(kind.parameters)
    for name, setting in in_order(kind.parameters).items():
        text, takes = texts[name], expectation(setting.type).replace("|", "\\|")
        default = "none" if text["default"] in (None, [], "") else f"`{json.dumps(text['default'])}`"
        if setting.default is msgspec.NODEFAULT:
            default = "has to be set"
        yield f"| `{name}` | {takes} | {default} | {text['help']} |"


if __name__ == "__main__":
    sys.stdout.write(markdown())
