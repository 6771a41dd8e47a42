"""Tell which spaces are searched, by the names on the command line."""

from collections.abc import Iterable, Sequence

from appliance.domain.errors import ConfigurationError

BUILT_IN = ("buy", "sell", "enter", "exit", "roi", "stoploss", "trailing", "protection", "trades")
GROUPS = ("default", "all")
_NOT_BY_DEFAULT = ("trailing", "protection", "trades")


def is_chosen(space: str, spaces: Sequence[str]) -> bool:
    """Return whether a space is searched: named itself, or by `all` or `default`."""
    return space in spaces or "all" in spaces or ("default" in spaces and space not in _NOT_BY_DEFAULT)


def check_spaces(spaces: Sequence[str], own: Iterable[str]) -> None:
    """Raise ConfigurationError for names that are neither built in nor spaces of the strategy (`own`)."""
    others = [space for space in own if space not in BUILT_IN]
    known = (*GROUPS, *BUILT_IN, *others)
    unknown = [space for space in spaces if space not in known]
    if unknown:
        raise ConfigurationError(f"--spaces: expected some of {', '.join(known)}; found {', '.join(unknown)}")
