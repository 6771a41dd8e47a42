"""Keep a setting's one-line description beside its type, where documentation and checks both read it."""

from typing import Any

from msgspec import Meta


def doc(text: str, **limits: Any) -> Meta:
    """Describe a setting and its limits (`ge`, `gt`, `le`, `lt`, `pattern`, `examples`): `doc("…", ge=0)`."""
    return Meta(description=text, **limits)
