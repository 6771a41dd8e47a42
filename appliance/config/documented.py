"""Describe a setting beside its type, for the documentation and the checks."""

from typing import Any

from msgspec import Meta

NO_EFFECT = "Without effect: "


def doc(text: str, *, no_effect: str = "", **limits: Any) -> Meta:
    """Describe a setting and its limits (`ge`, `gt`, `le`, `lt`, `pattern`, `examples`): `doc("…", ge=0)`.

    `no_effect`: the reason why a setting is accepted without effect.
    """
    return Meta(description=f"{text} {NO_EFFECT}{no_effect}." if no_effect else text, **limits)
