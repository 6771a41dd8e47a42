"""Move settings from old names to new ones, as freqtrade does: most with a warning, some are refused.

If both names are set, the value under the new one is used, with a warning.
"""

from collections.abc import Iterator

from appliance.config.sources.files import Gathered
from appliance.domain.json_value import Json, JsonObject

# Several spellings of one setting; the first that is set is used, without a warning.
_ALIASES = {
    "exchange.key": ("exchange.api_key", "exchange.apiKey", "exchange.key"),
    "exchange.uid": ("exchange.uid", "exchange.account_id", "exchange.accountId"),
    "exchange.walletAddress": ("exchange.wallet_address", "exchange.walletAddress"),
    "exchange.privateKey": ("exchange.private_key", "exchange.privateKey"),
}

_NOT_PRICING = {"ask_strategy.ignore_buying_expired_candle_after": "ignore_buying_expired_candle_after"}
_RENAMED = {
    "forcebuy_enable": "force_entry_enable",
    "use_sell_signal": "use_exit_signal",
    "sell_profit_only": "exit_profit_only",
    "sell_profit_offset": "exit_profit_offset",
    "ignore_roi_if_buy_signal": "ignore_roi_if_entry_signal",
    **_NOT_PRICING,
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

# Renamed, too, but refused outside spot markets: with shorts, "buy" is no longer an entry.
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
    _drop_old_sections(gathered)
    problems = list(_refused(gathered))
    for new, spellings in _ALIASES.items():
        _join(gathered, new, spellings)
    problems += _moved(gathered)
    problems += _order_book_range(gathered)
    for section in _RENAMED_SECTIONS:
        if values.get(section) == {}:
            del values[section]
    if values.get("trading_mode") in ("", None):
        values.pop("trading_mode", None)
    return problems


def _refused(gathered: Gathered) -> Iterator[str]:
    """Yield a problem for each setting that is refused under its old name, unless the new one is set."""
    for old, new in _REFUSED.items():
        if not _has(gathered.values, old):
            continue
        if _get(gathered.values, new) is not None:
            _drop(gathered, old, new)
        else:
            yield f"{gathered.place(_path(old))}: {old}: no longer a setting; expected {new}"


def _moved(gathered: Gathered) -> Iterator[str]:
    """Move the renamed settings; yield a problem for each whose meaning differs in futures trading."""
    values = gathered.values
    is_spot = values.get("trading_mode", "spot") in ("spot", "", None)
    for old, new in {**_RENAMED, **_RENAMED_IN_SPOT, **dict(_section_keys(values))}.items():
        if not _has(values, old) or old in _REFUSED:
            continue
        if _get(values, new) is not None:
            _drop(gathered, old, new)
        elif not is_spot and old not in _RENAMED:
            yield f"{gathered.place(_path(old))}: {old}: not in futures trading; expected {new}"
        else:
            _move(gathered, old, new)


def old_names(section: str) -> dict[str, str]:
    """Return the old names in a section ("" is the outermost one), each with its new name."""
    spellings = {name: new for new, names in _ALIASES.items() for name in names}
    known = {**_REFUSED, **_RENAMED_SECTIONS, **_RENAMED, **_RENAMED_IN_SPOT, **spellings}
    return {name.rpartition(".")[2]: new for name, new in known.items() if name.rpartition(".")[0] == section}


def _drop_old_sections(gathered: Gathered) -> None:
    """Drop an old section if the new one is set, too: a mix of both would price orders as neither says."""
    for old, new in _RENAMED_SECTIONS.items():
        section = gathered.values.get(old)
        if not isinstance(section, dict) or not gathered.values.get(new):
            continue
        priced = [key for key in section if f"{old}.{key}" not in {**_REFUSED, **_NOT_PRICING}]
        if priced:
            text = f"{old} is the old name of {new}; both are set, {new} is used: remove {old}"
            gathered.warnings.append(f"{gathered.place(_path(old))}: {text}")
        for key in priced:
            del section[key]


def _section_keys(values: JsonObject) -> Iterator[tuple[str, str]]:
    for old, new in _RENAMED_SECTIONS.items():
        section = values.get(old)
        for key in section if isinstance(section, dict) else ():
            if f"{old}.{key}" not in _RENAMED:
                yield f"{old}.{key}", f"{new}.{key}"


def _order_book_range(gathered: Gathered) -> list[str]:
    """Convert freqtrade's old `order_book_min` and `order_book_max` if both are the same level."""
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
    """Keep one of several spellings, under the name `new`; warn about a different value of another."""
    section = _get(gathered.values, new.rpartition(".")[0])
    if not isinstance(section, dict):
        return
    set_ones = [name for name in spellings if _get(gathered.values, name) not in (None, "")]
    if not set_ones:
        for name in spellings:
            if name != new and _has(gathered.values, name):
                section.setdefault(_path(new)[-1], section.pop(_path(name)[-1]))
        return
    used, *others = set_ones
    value, place = _get(gathered.values, used), gathered.places.get(_path(used))
    for other in others:
        if _get(gathered.values, other) != value:
            text = f"{other} and {used} are the same setting and differ; {used} is used: remove {other}"
            gathered.warnings.append(f"{gathered.place(_path(other))}: {text}")
    for name in spellings:
        section.pop(_path(name)[-1], None)
    section[_path(new)[-1]] = value
    if place is not None:
        gathered.places[_path(new)] = place


def _drop(gathered: Gathered, old: str, new: str) -> None:
    """Drop the value under the old name, with a warning that the new one is used."""
    text = f"{old} is the old name of {new}; both are set, {new} is used: remove {old}"
    gathered.warnings.append(f"{gathered.place(_path(old))}: {text}")
    _take(gathered.values, old)


def _move(gathered: Gathered, old: str, new: str) -> None:
    place = gathered.place(_path(old))
    *above, last = _path(new)
    target = gathered.values
    for key in above:
        section = target.setdefault(key, {})
        if not isinstance(section, dict):
            return  # validation reports it later
        target = section
    target[last] = _take(gathered.values, old)
    if _path(old) in gathered.places:
        gathered.places[_path(new)] = gathered.places[_path(old)]
    gathered.warnings.append(f"{place}: {old} is the old name of {new}: rename it")


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(filter(None, dotted.split(".")))


def _has(values: JsonObject, dotted: str) -> bool:
    above, _, last = dotted.rpartition(".")
    section = _get(values, above)
    return isinstance(section, dict) and last in section


def _take(values: JsonObject, dotted: str) -> Json:
    """Remove the value under a dotted name and return it."""
    above, _, last = dotted.rpartition(".")
    section = _get(values, above)
    return section.pop(last) if isinstance(section, dict) else None


def _get(values: JsonObject, dotted: str) -> Json:
    found: Json = values
    for key in _path(dotted):
        found = found.get(key) if isinstance(found, dict) else None
    return found
