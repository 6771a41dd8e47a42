"""Write the page of all protections: docs/protections.md."""

import inspect
import json
import sys
from collections.abc import Iterator

from appliance.config.introspection import settings_of
from appliance.config.validation.values import expectation
from appliance.rules.protections.reading import PROTECTIONS
from appliance.rules.protections.window import Protection

_INTRODUCTION = """\
# Protections

What makes the bot pause after losses. A strategy names them in its attribute or property `protections`; where
it has none, those of the configuration hold.

```python
protections = [
    {"method": "CooldownPeriod", "stop_duration_candles": 5},
    {"method": "StoplossGuard", "lookback_period_candles": 24, "trade_limit": 4, "stop_duration_candles": 12},
]
```

After each trade that has closed they are asked, first about its pair, then about all pairs. Each looks at the
trades that closed within its look back, and may lock the pair or all pairs against entries; a lock lasts
until the next candle opens after its end. Open trades are not touched. Locks are told by the messages
`protection_trigger` and `protection_trigger_global`, and are kept over a restart.

This page is made by `python -m appliance.rules.protections.reference`.
"""


def markdown() -> str:
    """Return the page."""
    parts = [_INTRODUCTION, "## What all have\n", _table(Protection, ())]
    own = tuple(settings_of(Protection))
    for name, kind in sorted(PROTECTIONS.items()):
        parts.append(f"## {name}\n\n{inspect.getdoc(kind)}\n")
        if len(settings_of(kind)) > len(own):
            parts.append(_table(kind, own))
    return "\n".join(parts)


def _table(kind: type[Protection], without: tuple[str, ...]) -> str:
    head = ["| Setting | Takes | Default | Meaning |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *_rows(kind, without), ""])


def _rows(kind: type[Protection], without: tuple[str, ...]) -> Iterator[str]:
    for name, setting in settings_of(kind).items():
        if name not in without:
            default = "none" if setting.default is None else f"`{json.dumps(setting.default)}`"
            yield f"| `{name}` | {expectation(setting.type)} | {default} | {setting.description} |"


if __name__ == "__main__":
    sys.stdout.write(markdown())
