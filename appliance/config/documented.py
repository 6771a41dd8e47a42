"""Keep a setting's one-line description beside its type, where documentation and checks both read it."""

from typing import Any

from msgspec import Meta

NO_EFFECT = "Without effect: "


def doc(text: str, *, no_effect: str = "", **limits: Any) -> Meta:
    """Describe a setting and its limits (`ge`, `gt`, `le`, `lt`, `pattern`, `examples`): `doc("…", ge=0)`.

    `no_effect`: why it is accepted and nothing reads it.
    """
    return Meta(description=f"{text} {NO_EFFECT}{no_effect}." if no_effect else text, **limits)
