"""Make sentences of steps, in words that a trader uses."""

import math
import re
from datetime import UTC, datetime

from appliance.domain.decisions.kinds import FORMS, RATIOS, TIMES
from appliance.domain.decisions.record import Fact, Step

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_NAMED = re.compile(r"\{(\w+)\}")


def sentence(step: Step) -> str:
    """Return the sentence of a step; times are UTC, without the date where it is that of the step."""
    form = FORMS[step.kind]
    facts = {name: _in_words(name, value, step.last) for name, value in facts_of(step).items()}

    def optional(part: re.Match[str]) -> str:
        return part[1] if all(facts.get(name) for name in _NAMED.findall(part[1])) else ""

    words = _OPTIONAL.sub(optional, form.words)
    return _NAMED.sub(lambda name: facts.get(name[1]) or "?", words)


def facts_of(step: Step) -> dict[str, Fact]:
    """Return the facts of a step by name."""
    return dict(zip(FORMS[step.kind].facts, step.facts, strict=False))


def _in_words(name: str, value: Fact, now_ms: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return "unlimited" if value > 0 else ""
    if name in TIMES:
        return moment(int(value), now_ms)
    if name in RATIOS:
        return f"{value * 100:.2f} %"
    if name == "change":
        return f"{value:+.8g}"
    if name == "gain":
        return f"{value:+.2f}"
    return f"{value:.8g}"


def moment(at_ms: int, now_ms: int) -> str:
    """Return a time (UTC) as text, with its date unless that is today's."""
    at, now = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (at_ms, now_ms))
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
