"""No setting is accepted and then forgotten: something reads each of them, or the reference says why not."""

import ast
from functools import cache
from pathlib import Path

import pytest

import appliance
from appliance.config.documented import NO_EFFECT
from appliance.config.introspection import walk

PACKAGE = Path(appliance.__file__).parent
ONLY_NAMED = (
    "config/sections",
    "config/settings.py",
    "config/sources/deprecated_keys.py",
    "config/validation/known_keys.py",
    "config/starter.py",
)
"""Where settings are defined, renamed and written down, which is no use of them."""
BY_NAME = ("order_types.", "telegram.notification_settings.", "webhook.", "discord.")
"""Sections whose settings are looked up by their name: the kind of an order, the type of a message."""
SETTINGS = dict(walk())


@cache
def used() -> tuple[frozenset[str], frozenset[str]]:
    """Return the attributes that the code takes, and the texts in it."""
    attributes, texts = set(), set()
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.relative_to(PACKAGE).as_posix().startswith(ONLY_NAMED):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                attributes.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    return frozenset(attributes), frozenset(texts)


def is_read(path: str) -> bool:
    attributes, texts = used()
    name = path.rpartition(".")[2]
    return name in attributes or (path.startswith(BY_NAME) and name in texts)


@pytest.mark.parametrize("path", SETTINGS)
def test_each_setting_is_read_or_documented_as_without_effect(path: str) -> None:
    assert is_read(path) is not (NO_EFFECT in SETTINGS[path].description)


def test_what_is_without_effect_is_what_is_known_to_be() -> None:
    assert [path for path, setting in SETTINGS.items() if NO_EFFECT in setting.description] == [
        "order_types.stoploss_price_type",
        "internals.sd_notify",
        "reduce_df_footprint",
        "exchange.skip_open_order_update",
        "experimental",
    ]
