"""Format log records so that text from others cannot forge lines.

Tags, names of pairs, user agents and answers of exchanges come from others. A line break in them would start
a forged line, an escape sequence would control the terminal, a direction mark would reverse the text.
"""

import logging

LONGEST_LINE = 32_768
"""Maximum characters of a message; the middle of a longer one is cut out."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Control characters, surrogates, unassigned ones, separators of lines and paragraphs, and format characters,
# such as direction marks and invisible ones.
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def message_of(record: logging.LogRecord) -> str:
    """Return the message of a record, even if its arguments do not fit."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - strategies log, too: no line may be lost
        return f"{record.msg!s} {record.args!r}"


def one_line(text: str) -> str:
    """Return the text with characters that break or forge lines escaped."""
    if len(text) > LONGEST_LINE:
        half = LONGEST_LINE // 2
        text = f"{text[:half]} … {text[-half:]}"
    if text.isprintable():  # no controls, no separators but spaces, no unassigned characters
        return text
    return "".join(map(_escaped, text))


def indented(text: str) -> str:
    """Indent a text of several lines, such as a traceback, so that none looks like a new record."""
    return "\n".join(f"  {one_line(line)}" for line in text.split("\n"))


def _escaped(character: str) -> str:
    import unicodedata  # late: rarely needed

    if character.isprintable() or unicodedata.category(character) not in _ESCAPED:
        return character
    short = _SHORT.get(character)
    return short or character.encode("unicode_escape", "surrogatepass").decode("ascii")
