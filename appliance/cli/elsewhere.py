"""Say what to use instead of freqtrade's commands that have no place here, and what may have been meant."""

import difflib
from collections.abc import Sequence

ELSEWHERE = {
    "build-hyperopt": "freqtrade removed it: the parameters to search for are in the strategy itself",
    "edge": "freqtrade removed it, and it is not here either: use a `custom_stake_amount` in the strategy, "
    "with the figures of `backtesting`",
    "list-hyperopts": "freqtrade removed it: the parameters to search for are in the strategy itself; use "
    "`list-strategies`",
    "new-hyperopt": "freqtrade removed it: the parameters to search for are in the strategy itself; use "
    "`new-strategy`",
}
"""By command: one line. A command that exists is never looked up here."""


_ALIKE = 0.7
"""How much of a name must agree, as a ratio, to be meant."""


def instead(name: str, commands: Sequence[str]) -> str:
    """Return one line for a command that does not exist."""
    if name in ELSEWHERE:
        return f"{name}: {ELSEWHERE[name]}"
    meant = name.lower().replace("_", "-")
    begun = [each for each in commands if len(meant) > 2 and each.startswith(meant)]
    near = begun or difflib.get_close_matches(meant, commands, n=3, cutoff=_ALIKE)
    if near:
        return f"There is no command '{name}'. Did you mean {' or '.join(near)}?"
    for other in difflib.get_close_matches(meant, ELSEWHERE, n=1, cutoff=_ALIKE):
        return f"{other}: {ELSEWHERE[other]}"
    return f"There is no command '{name}'; `appliance --help` lists them."
