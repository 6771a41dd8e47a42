"""Let a release of FreqUI, which is built for the root of a host, run below any path.

Its page gets a `<base>`; what names the root in its files is made relative to that. Four places do: links of
the page, addresses in style sheets, and in the script the router (which then takes its path from `<base>`,
as vue-router documents) and the loader of further scripts. The installed files stay as they were released.
"""

import re

from markupsafe import escape

_HEAD = re.compile(rb"<head[^>]*>")
_LINKS = re.compile(rb'\b(href|src)="/(?!/)')
_ADDRESSES = re.compile(rb"url\((['\"]?)/(?!/)")
_ROUTER = re.compile(rb"(\bhistory:[\w$]+\()([`'\"])/\2\)")
_LOADER = re.compile(rb"return\s?([`'\"])/\1\+([\w$]+)\}")


def relative(suffix: str, content: bytes) -> bytes:
    """Return a file of FreqUI whose links are relative to `<base>`, or to the file if it is a style sheet."""
    if suffix == ".html":
        return _LINKS.sub(rb'\1="', content)
    if suffix == ".css":
        return _ADDRESSES.sub(rb"url(\1../", content)
    if suffix == ".js" and is_movable(content):
        content = _ROUTER.sub(rb"\1\2\2)", content)
        return _LOADER.sub(rb"return document.baseURI+\2}", content)
    return content


def with_base(page: bytes, base: str) -> bytes:
    """Return the page with `<base>` first in its head; `base` begins and ends with a slash."""
    return _HEAD.sub(lambda found: found[0] + f'\n  <base href="{escape(base)}">'.encode(), page, count=1)


def is_movable(script: bytes) -> bool:
    """Say whether a script has the router that is made relative."""
    return bool(_ROUTER.search(script))
