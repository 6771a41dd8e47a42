"""Write a record as one line that only we can have written.

Tags, names of pairs, user agents and what exchanges answer come from others. A line break in them would begin
a line of theirs, an escape sequence would command the terminal, a mark of direction turn the text around.
"""

import logging

LONGEST_LINE = 32_768
"""Characters of a message; what is longer loses its middle."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Control characters, half characters, what is not assigned, separators of lines and paragraphs, and format
# characters, among them marks of direction and what cannot be seen.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def said(record: logging.LogRecord) -> str:
    """Return a record's message, also where its arguments do not fit."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - the edge: strategies log, too, and a line that fails must not be lost
        return f"{record.msg!s} {record.args!r}"


def one_line(text: str) -> str:
    """Return the text with what would break or forge lines as escapes."""
    if len(text) > LONGEST_LINE:
        half = LONGEST_LINE // 2
        text = f"{text[:half]} … {text[-half:]}"
    if text.isprintable():  # neither controls nor separators save the space, and nothing unassigned
        return text
    return "".join(map(_escaped, text))


def indented(text: str) -> str:
    """Return a traceback, or another text of several lines, of which none looks like a record's first."""
    return "\n".join(f"  {one_line(line)}" for line in text.split("\n"))


def _escaped(character: str) -> str:
    import unicodedata  # late: hardly ever needed

    if character.isprintable() or unicodedata.category(character) not in _UNSEEN:
        return character
    short = _SHORT.get(character)
    return short or character.encode("unicode_escape", "surrogatepass").decode("ascii")
