"""Bring old names of settings to today's, as freqtrade does: most are moved and told, some are refused.

Where both names are set the new one counts, and a warning says so.
"""

from collections.abc import Iterator
from typing import Any

from appliance.config.sources.files import Gathered

# Several spellings of one thing, of which the first that is set counts; nobody need be told.
_ALIASES = {
    "exchange.key": ("exchange.api_key", "exchange.apiKey", "exchange.key"),
    "exchange.uid": ("exchange.uid", "exchange.account_id", "exchange.accountId"),
    "exchange.walletAddress": ("exchange.wallet_address", "exchange.walletAddress"),
    "exchange.privateKey": ("exchange.private_key", "exchange.privateKey"),
}

_NOT_OF_PRICES = {"ask_strategy.ignore_buying_expired_candle_after": "ignore_buying_expired_candle_after"}
_RENAMED = {
    "forcebuy_enable": "force_entry_enable",
    "use_sell_signal": "use_exit_signal",
    "sell_profit_only": "exit_profit_only",
    "sell_profit_offset": "exit_profit_offset",
    "ignore_roi_if_buy_signal": "ignore_roi_if_entry_signal",
    **_NOT_OF_PRICES,
    "bid_strategy.ask_last_balance": "entry_pricing.price_last_balance",
    "ask_strategy.bid_last_balance": "exit_pricing.price_last_balance",
    **{
        f"telegram.notification_settings.{old}{kind}": f"telegram.notification_settings.{new}{kind}"
        for old, new in (("buy", "entry"), ("sell", "exit"))
        for kind in ("", "_fill", "_cancel")
    },
    **{
        f"webhook.webhook{old}{kind}": f"webhook.webhook{new}{kind}"
        for old, new in (("buy", "entry"), ("sell", "exit"))
        for kind in ("", "fill", "cancel")
    },
}

# Renamed too, but where there are shorts "buy" is no longer an entry: refused outside spot markets.
_RENAMED_IN_SPOT = {
    **{
        f"{section}.{old}": f"{section}.{new}"
        for section in ("order_types", "order_time_in_force", "unfilledtimeout")
        for old, new in (("buy", "entry"), ("sell", "exit"))
    },
    "order_types.emergencysell": "order_types.emergency_exit",
    "order_types.emergencyexit": "order_types.emergency_exit",
    "order_types.forcesell": "order_types.force_exit",
    "order_types.forceexit": "order_types.force_exit",
    "order_types.forcebuy": "order_types.force_entry",
    "order_types.forceentry": "order_types.force_entry",
}
_RENAMED_SECTIONS = {"bid_strategy": "entry_pricing", "ask_strategy": "exit_pricing"}

_REFUSED = {
    "ticker_interval": "timeframe",
    **{
        f"{section}.{old}": new
        for section in ("experimental", "ask_strategy")
        for old, new in (
            ("use_sell_signal", "use_exit_signal"),
            ("sell_profit_only", "exit_profit_only"),
            ("sell_profit_offset", "exit_profit_offset"),
            ("ignore_roi_if_buy_signal", "ignore_roi_if_entry_signal"),
        )
    },
}


def modernise(gathered: Gathered) -> list[str]:
    """Move values from old names to new ones, in place. Returns problems; warnings go to `gathered`."""
    values = gathered.values
    _leave_old_sections(gathered)
    for old, new in _REFUSED.items():
        if _has(values, old) and _get(values, new) is not None:
            _leave(gathered, old, new)
    problems = [
        f"{gathered.place(_path(old))}: {old}: no longer a setting; expected {new}"
        for old, new in _REFUSED.items()
        if _has(values, old)
    ]
    spot = values.get("trading_mode", "spot") in ("spot", "", None)
    for new, spellings in _ALIASES.items():
        _join(gathered, new, spellings)
    for old, new in {**_RENAMED, **_RENAMED_IN_SPOT, **dict(_section_keys(values))}.items():
        if not _has(values, old) or old in _REFUSED:
            continue
        if _get(values, new) is not None:
            _leave(gathered, old, new)
        elif not spot and old not in _RENAMED:
            problems.append(f"{gathered.place(_path(old))}: {old}: not in futures trading; expected {new}")
        else:
            _move(gathered, old, new)
    problems.extend(_order_book_range(gathered))
    for section in _RENAMED_SECTIONS:
        if values.get(section) == {}:
            del values[section]
    if values.get("trading_mode") in ("", None):
        values.pop("trading_mode", None)
    return problems


def old_names(section: str) -> dict[str, str]:
    """Return the old names of settings in a section ("" is the outermost), each with what it is today."""
    spellings = {name: new for new, names in _ALIASES.items() for name in names}
    known = {**_REFUSED, **_RENAMED_SECTIONS, **_RENAMED, **_RENAMED_IN_SPOT, **spellings}
    return {name.rpartition(".")[2]: new for name, new in known.items() if name.rpartition(".")[0] == section}


def _leave_old_sections(gathered: Gathered) -> None:
    """Drop an old section beside the new one; halves of two would price orders as neither says."""
    for old, new in _RENAMED_SECTIONS.items():
        section = gathered.values.get(old)
        if not isinstance(section, dict) or not gathered.values.get(new):
            continue
        priced = [key for key in section if f"{old}.{key}" not in {**_REFUSED, **_NOT_OF_PRICES}]
        if priced:
            text = f"{old} is the old name of {new}, which is set as well: {new} counts, take {old} out"
            gathered.warnings.append(f"{gathered.place(_path(old))}: {text}")
        for key in priced:
            del section[key]


def _section_keys(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for old, new in _RENAMED_SECTIONS.items():
        section = values.get(old)
        for key in section if isinstance(section, dict) else ():
            if f"{old}.{key}" not in _RENAMED:
                yield f"{old}.{key}", f"{new}.{key}"


def _order_book_range(gathered: Gathered) -> list[str]:
    """Take the one level out of freqtrade's old `order_book_min` and `order_book_max`."""
    pricing = gathered.values.get("exit_pricing")
    if not isinstance(pricing, dict) or not {"order_book_min", "order_book_max"} <= pricing.keys():
        return []
    lowest, highest = pricing.pop("order_book_min"), pricing.pop("order_book_max")
    if pricing.get("use_order_book") is False:
        return []
    if lowest == highest:
        pricing.setdefault("order_book_top", lowest)
        return []
    place = gathered.place(("exit_pricing", "order_book_max"))
    return [f"{place}: exit_pricing.order_book_max: no longer a range; expected one level in order_book_top"]


def _join(gathered: Gathered, new: str, spellings: tuple[str, ...]) -> None:
    """Keep one of several spellings, under the name `new`; a different value of another one is told."""
    section = _get(gathered.values, new.rpartition(".")[0])
    if not isinstance(section, dict):
        return
    set_ones = [name for name in spellings if _get(gathered.values, name) not in (None, "")]
    if not set_ones:
        for name in spellings:
            if name != new and _has(gathered.values, name):
                section.setdefault(_path(new)[-1], section.pop(_path(name)[-1]))
        return
    counts, *others = set_ones
    value, place = _get(gathered.values, counts), gathered.places.get(_path(counts))
    for other in others:
        if _get(gathered.values, other) != value:
            text = f"{other} and {counts} mean the same and differ: {counts} counts, take {other} out"
            gathered.warnings.append(f"{gathered.place(_path(other))}: {text}")
    for name in spellings:
        section.pop(_path(name)[-1], None)
    section[_path(new)[-1]] = value
    if place is not None:
        gathered.places[_path(new)] = place


def _leave(gathered: Gathered, old: str, new: str) -> None:
    """Drop the old name where the new one is set as well."""
    text = f"{old} is the old name of {new}, which is set as well: {new} counts, take {old} out"
    gathered.warnings.append(f"{gathered.place(_path(old))}: {text}")
    del _get(gathered.values, old.rpartition(".")[0])[_path(old)[-1]]


def _move(gathered: Gathered, old: str, new: str) -> None:
    place = gathered.place(_path(old))
    *above, last = _path(new)
    target: Any = gathered.values
    for key in above:
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            return  # wrong in itself, and told as that later
    target[last] = _get(gathered.values, old.rpartition(".")[0]).pop(_path(old)[-1])
    if _path(old) in gathered.places:
        gathered.places[_path(new)] = gathered.places[_path(old)]
    gathered.warnings.append(f"{place}: {old} is an old name; write {new}")


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(filter(None, dotted.split(".")))


def _has(values: dict[str, Any], dotted: str) -> bool:
    above, _, last = dotted.rpartition(".")
    section = _get(values, above)
    return isinstance(section, dict) and last in section


def _get(values: dict[str, Any], dotted: str) -> Any:
    found: Any = values
    for key in _path(dotted):
        found = found.get(key) if isinstance(found, dict) else None
    return found
