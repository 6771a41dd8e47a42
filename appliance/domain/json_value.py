"""Name the types of parsed JSON."""

from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""What `json.loads` returns."""
JsonObject: TypeAlias = dict[str, Json]
"""The content of a JSON object."""
