"""Tell from the reason of a lock which protection set it: the database keeps the reason alone."""

import re

_REASONS = {
    "StoplossGuard": r"\d+ (stop losses within|stoplosses in) ",
    "CooldownPeriod": r"Cooldown period ",
    "MaxDrawdown": r"\S+ passed \S+ (within|in) ",
    "LowProfitPairs": r"\S+ < \S+ (within|in) ",
}


def protection_of(reason: str | None) -> str | None:
    """Return the name of a protection by its reason, ours or freqtrade's; None for any other lock."""
    if reason:
        for name, pattern in _REASONS.items():
            if re.match(pattern, reason):
                return name
    return None
