"""Hold one OpenAPI document against another: what the second says must be found in the first."""

from typing import Any

Schema = dict[str, Any]
_SCALARS = ("string", "integer", "number", "boolean", "null")


class Comparison:
    """Compare `ours` with `theirs`; what is found is text for people: place, and what is amiss there."""

    def __init__(self, ours: Schema, theirs: Schema) -> None:
        self.ours = ours
        self.theirs = theirs

    def answer(self, ours: Schema, theirs: Schema, at: str) -> list[str]:
        """Return where an answer of ours would surprise who reads by `theirs`."""
        return self._compare(ours, theirs, at, frozenset(), is_answer=True)

    def request(self, ours: Schema, theirs: Schema, at: str) -> list[str]:
        """Return where we do not take what is sent by `theirs`."""
        return self._compare(ours, theirs, at, frozenset(), is_answer=False)

    def _compare(
        self, ours: Schema, theirs: Schema, at: str, seen: frozenset[str], *, is_answer: bool
    ) -> list[str]:
        if (name := theirs.get("$ref", "")) in seen:
            return []
        seen |= {name} - {""}
        our_branches = list(branches(self.ours, ours))
        their_branches = list(branches(self.theirs, theirs))
        if not all(their_branches):  # theirs says nothing
            return []
        given, read = (our_branches, their_branches) if is_answer else (their_branches, our_branches)
        found = []
        for branch in given:
            kind = branch.get("type")
            fitting = [other for other in read if not other or fits(kind, other.get("type"))]
            if not fitting:
                found.append(f"{at}: {kind or 'anything'} where {[other.get('type') for other in read]}")
                continue
            tried = [
                self._inside(branch, other, at, seen, is_answer=True)
                if is_answer
                else self._inside(other, branch, at, seen, is_answer=False)
                for other in fitting
            ]
            found += [] if [] in tried else min(tried, key=len)
        return found

    def _inside(
        self, ours: Schema, theirs: Schema, at: str, seen: frozenset[str], *, is_answer: bool
    ) -> list[str]:
        """Compare two schemas of one type: fields, items, choices."""
        found = []
        known = ours.get("properties", {})
        for name, field in theirs.get("properties", {}).items():
            if name not in known:
                found.append(f"{at}.{name} is missing")
            else:
                found += self._compare(known[name], field, f"{at}.{name}", seen, is_answer=is_answer)
        if is_answer and "properties" in theirs:
            found += [f"{at}.{name} is unknown" for name in known if name not in theirs["properties"]]
        else:
            more = set(ours.get("required", ())) - set(theirs.get("required", ()))
            found += [f"{at}.{name} must not be required" for name in sorted(more)]
            found += [
                f"{at}: {choice!r} is missing" for choice in theirs.get("enum", ()) if not takes(ours, choice)
            ]
        for part in ("items", "additionalProperties"):
            if isinstance(ours.get(part), dict) and isinstance(theirs.get(part), dict):
                found += self._compare(ours[part], theirs[part], f"{at}[]", seen, is_answer=is_answer)
        return found


def branches(document: Schema, schema: Schema) -> Any:
    """Yield the alternatives of a schema, each without references."""
    if "$ref" in schema:
        yield from branches(document, resolved(document, schema))
    elif "anyOf" in schema or "oneOf" in schema:
        for branch in schema.get("anyOf") or schema["oneOf"]:
            yield from branches(document, branch)
    elif "enum" in schema:
        yield {"type": "string", **schema}
    else:
        yield schema


def resolved(document: Schema, value: Schema) -> Schema:
    """Follow references to where they lead."""
    while "$ref" in value:
        place = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        value = place
    return value


def fits(given: str | None, read: str | None) -> bool:
    """Tell whether a value of the first type is one of the second."""
    return given == read or (given, read) == ("integer", "number")


def takes(schema: Schema, choice: Any) -> bool:
    return "enum" not in schema or choice in schema["enum"]
