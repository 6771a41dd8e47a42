"""Bring old names of settings to today's, as freqtrade does: most are moved and told, some are refused."""

from collections.abc import Iterator
from typing import Any

from appliance.config.sources import Gathered

# Two spellings of one thing; nobody need be told.
_ALIASES = {
    "exchange.api_key": "exchange.key",
    "exchange.apiKey": "exchange.key",
    "exchange.account_id": "exchange.uid",
    "exchange.accountId": "exchange.uid",
    "exchange.wallet_address": "exchange.walletAddress",
    "exchange.private_key": "exchange.privateKey",
}

_RENAMED = {
    "forcebuy_enable": "force_entry_enable",
    "use_sell_signal": "use_exit_signal",
    "sell_profit_only": "exit_profit_only",
    "sell_profit_offset": "exit_profit_offset",
    "ignore_roi_if_buy_signal": "ignore_roi_if_entry_signal",
    "ask_strategy.ignore_buying_expired_candle_after": "ignore_buying_expired_candle_after",
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
    problems = [
        f"{gathered.place(_path(old))}: {old}: no longer a setting; expected {new}"
        for old, new in _REFUSED.items()
        if _has(values, old)
    ]
    spot = values.get("trading_mode", "spot") in ("spot", "", None)
    for old, new in _ALIASES.items():
        problems.extend(_move(gathered, old, new, tell=False))
    for old, new in {**_RENAMED, **_RENAMED_IN_SPOT, **dict(_section_keys(values))}.items():
        if not _has(values, old) or old in _REFUSED:
            continue
        if not spot and old not in _RENAMED:
            problems.append(f"{gathered.place(_path(old))}: {old}: not in futures trading; expected {new}")
        else:
            problems.extend(_move(gathered, old, new, tell=True))
    problems.extend(_order_book_range(gathered))
    for section in _RENAMED_SECTIONS:
        if values.get(section) == {}:
            del values[section]
    if values.get("trading_mode") in ("", None):
        values.pop("trading_mode", None)
    return problems


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
    if lowest == highest:
        pricing.setdefault("order_book_top", lowest)
        return []
    place = gathered.place(("exit_pricing", "order_book_max"))
    return [f"{place}: exit_pricing.order_book_max: no longer a range; expected one level in order_book_top"]


def _move(gathered: Gathered, old: str, new: str, *, tell: bool) -> list[str]:
    if not _has(gathered.values, old):
        return []
    place = gathered.place(_path(old))
    if _get(gathered.values, new) is not None:
        return [f"{place}: {old}: {new} is set as well; expected only {new}"]
    *above, last = _path(new)
    target: Any = gathered.values
    for key in above:
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            return []  # wrong in itself, and told as that later
    target[last] = _get(gathered.values, old.rpartition(".")[0]).pop(_path(old)[-1])
    if _path(old) in gathered.places:
        gathered.places[_path(new)] = gathered.places[_path(old)]
    if tell:
        gathered.warnings.append(f"{place}: {old} is an old name; write {new}")
    return []


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
