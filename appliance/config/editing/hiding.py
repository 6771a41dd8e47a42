"""Hide the secrets in the text of a configuration file by placeholders, and put them back.

A text leaves the process only as it is here: values of secret keys, passwords in URLs, secrets in comments
and texts that are secrets elsewhere are placeholders, `«hidden: exchange.key»`. A placeholder is put back
only where its secret came from, so that no edit moves a secret to where it would be shown.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from itertools import count, islice

import msgspec

from appliance.config.jsonc import Document, JsonError, KeyPath, parse
from appliance.config.secrets import is_secret
from appliance.config.sources.editing import CannotEdit

PLACEHOLDER = re.compile(r'(?P<whole>"(?=«hidden: [^«»"\n]*»"))?«hidden: (?P<name>[^«»"\n]*)»(?(whole)")')
"""A placeholder, with the quotes around it if there is nothing else between them."""
_MARK = "«hidden"
MOST_SECRETS = 1000
_LEAST_KNOWN = 8
"""Characters from which a secret is also hidden outside of its key; shorter ones would hide words."""
_NAMED = re.compile(r"""(?<![\w-])["']?(?P<name>[A-Za-z_][\w-]{0,60})["']?[ \t]*[:=][ \t\r\n]*""")
_PLAIN = re.compile(r"""[^\s,}\]{"'\[/\\][^\s,}\]"'\\]*""")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"?')
"""A key, in JSON that cannot be parsed and in comments, and the values after it."""
_URL_PASSWORD = re.compile(r"""(?<=://)[^/@\s:"«]*:(?P<value>[^/@\s"«]+)(?=@)""")
_EMPTY = ("null", '""', "''", "[]", '"', "'", "true", "false")


class Secret(msgspec.Struct, frozen=True):
    """Hold what a placeholder stands for: its source text, quotes included if `is_whole`.

    `keys` lead to the value that it is in, without list indexes; None in comments. They are not known
    (`is_placed`) where somebody has just typed it into a text that cannot be parsed.
    """

    source: str
    keys: tuple[str, ...] | None
    is_whole: bool
    is_placed: bool = True


class HiddenText(msgspec.Struct, frozen=True):
    """Hold a text with placeholders, and what they stand for, by name."""

    text: str
    secrets: Mapping[str, Secret]

    def __repr__(self) -> str:
        return f"HiddenText({self.text!r})"


class _Span(msgspec.Struct, frozen=True, order=True):
    start: int
    end: int
    name: str
    is_whole: bool


def hidden(text: str, known: Collection[str] = (), secrets: Mapping[str, Secret] | None = None) -> HiddenText:
    """Hide the secrets of a text, and the `known` ones wherever they are.

    `secrets` are those of placeholders that the text has already. Raises CannotEdit for too many secrets.
    """
    places = _Places(text)
    found, shown, at = dict(secrets or {}), "", 0
    spans = list(islice(_spans(text, places, known), MOST_SECRETS + 1))
    if len(spans) > MOST_SECRETS:
        raise CannotEdit(f"it has more than {MOST_SECRETS} secrets: edit it on the machine itself")
    for span in sorted(spans):
        name = _free(span.name, found)
        keys = places.keys_at(span.start)
        found[name] = Secret(text[span.start : span.end], keys, span.is_whole, places.error is None)
        placeholder = f"«hidden: {name}»"
        shown += text[at : span.start] + (f'"{placeholder}"' if span.is_whole else placeholder)
        at = span.end
    shown += text[at:]
    used = {match.group("name") for match in PLACEHOLDER.finditer(shown)}
    return HiddenText(shown, {name: secret for name, secret in found.items() if name in used})


def put_back(given: HiddenText, name: str) -> str:
    """Return the text of the file `name` with its secrets.

    Raises CannotEdit with a line for each placeholder that cannot be put back, or if the text is not JSON.
    """
    pieces, at, length = [], 0, 0
    wrong: list[str] = []
    placed: list[tuple[int, re.Match[str], Secret]] = []
    for match in PLACEHOLDER.finditer(given.text):
        secret = given.secrets.get(match.group("name"))
        if secret is None or (secret.is_whole and match.group("whole") is None):
            wrong.append(_refusal(given.text, match, _NO_SUCH if secret is None else _NOT_ALONE))
            continue
        has_quotes = match.group("whole") is not None and not secret.is_whole  # these belong to the text
        before = given.text[at : match.start() + has_quotes]
        placed.append((length + len(before), match, secret))
        pieces += [before, secret.source]
        length += len(before) + len(secret.source)
        at = match.end() - has_quotes
    text = "".join([*pieces, given.text[at:]])
    if not wrong and _MARK in text:
        wrong.append(f"{_line(text, text.index(_MARK))}: a part of a placeholder is left: type the value")
    places = _Places(text)
    if not wrong and places.error is not None:
        wrong.append(f"{name}{places.error}")
    wrong = wrong or [
        _refusal(given.text, match, fault)
        for start, match, secret in placed
        if (fault := _fault(secret, places.keys_at(start)))
    ]
    if wrong:
        raise CannotEdit("\n".join(wrong))
    return text


def _refusal(text: str, match: re.Match[str], why: str) -> str:
    return f"{_line(text, match.start())}: «hidden: {match.group('name')}» {why}"


_NO_SUCH = "stands for no secret of this file: type the value instead"
_NOT_ALONE = "must stand alone between its quotes: type the whole value, or leave it as it was"


def _fault(secret: Secret, here: tuple[str, ...] | None) -> str:
    """Say why a secret cannot be put back in the value at the keys `here`; "" if it can."""
    if here == secret.keys or not secret.is_placed:
        return ""
    place = ".".join(secret.keys) if secret.keys is not None else "a comment"
    return f"can only stand where it was, in {place}: type the value instead"


class _Places:
    """Find which value a position of a text is in. `error` is why the text cannot be parsed, if so."""

    def __init__(self, text: str) -> None:
        document = Document()
        self.error: JsonError | None = None
        try:
            document = parse(text, "")
        except JsonError as error:
            self.error = error
        self.all_starts = {start for start, _ in document.spans.values()}
        plain = ((span, path) for path, span in document.spans.items() if text[span[0]] not in "{[")
        self.values = sorted(plain)
        self._starts = [span[0] for span, _ in self.values]

    def keys_at(self, at: int) -> tuple[str, ...] | None:
        """Return the keys of the plain value around a position; None outside of any, as in a comment."""
        index = bisect_right(self._starts, at) - 1
        if index < 0 or at >= self.values[index][0][1]:
            return None
        return tuple(key for key in self.values[index][1] if isinstance(key, str))


def _spans(text: str, places: _Places, known: Collection[str]) -> Iterator[_Span]:
    """Yield what is to be hidden, each part of the text once."""
    free = _Free(text)
    found: list[str] = []
    for span in islice(_values(text, places, free), MOST_SECRETS + 1):
        found.append(text[span.start : span.end].strip("\"'[] \n"))
        yield span
    whole = {span for span, _ in places.values}
    literals = {one for one in (*known, *found) if len(one) >= _LEAST_KNOWN and _MARK not in one}
    for literal in sorted(literals, key=len, reverse=True):
        for match in re.finditer(re.escape(literal), text):
            if free.take(*match.span()):
                yield _Span(*match.span(), _line(text, match.start()), match.span() in whole)


def _values(text: str, places: _Places, free: "_Free") -> Iterator[_Span]:
    """Yield the values of secret keys, also in comments and where nothing can be parsed; URL passwords."""
    for (start, end), path in places.values:
        if is_secret(path) and text[start:end] not in _EMPTY and free.take(start, end):
            yield _Span(start, end, _dotted(path), True)
    at = 0
    while match := _NAMED.search(text, at):  # from each value on, so that the time grows with the text only
        at = match.end()
        # A value of its own in the document is hidden already, or public.
        if at in places.all_starts or not is_secret((match.group("name"),)):
            continue
        end = _value_end(text, at)
        if text[at:end] not in _EMPTY and free.take(at, end):
            yield _Span(at, end, _line(text, at), text[at] == '"' and places.keys_at(at) is None)
            at = end
    for match in _URL_PASSWORD.finditer(text):
        if free.take(*match.span("value")):
            yield _Span(*match.span("value"), _line(text, match.start("value")), False)


def _value_end(text: str, start: int) -> int:
    """Return where the value at `start` ends: a list at its bracket, a text at its quote."""
    opening = text[start : start + 1]
    if opening in ("[", "'"):
        end = text.find("]" if opening == "[" else "'", start + 1) + 1
        return end or len(text)
    found = (_QUOTED if opening == '"' else _PLAIN).match(text, start)
    return found.end() if found else start


class _Free:
    """Give each part of a text away once; none of a placeholder."""

    def __init__(self, text: str) -> None:
        self._taken = bytearray(len(text))
        for match in PLACEHOLDER.finditer(text):
            self.take(*match.span())

    def take(self, start: int, end: int) -> bool:
        if start >= end or any(self._taken[start:end]):
            return False
        self._taken[start:end] = b"\1" * (end - start)
        return True


def _dotted(path: KeyPath) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def _line(text: str, at: int) -> str:
    return f"line {text.count(chr(10), 0, at) + 1}"


def _free(name: str, taken: Collection[str]) -> str:
    """Return the name, with a number if another placeholder has it."""
    name = re.sub(r'[«»"\\\s]+', " ", name)[:100]
    return next(one for n in count(1) if (one := name if n == 1 else f"{name} #{n}") not in taken)
