"""Make client order ids, and write them as each exchange takes them.

An id of ours is `appl` and 24 hex digits: 28 letters and digits, which most exchanges take as they are.
The first six digits are the mark of the bot's database: two bots on one account recognise their own orders.
Where a UUID or 128 bits are wanted the same digits go into that, behind a mark, and can be read back.
"""

import re
import secrets
from uuid import NAMESPACE_OID, uuid4, uuid5

from appliance.exchange.traits import CLIENT_ID_PREFIX, IdForm

PREFIX = "appl"
_OURS = re.compile(rf"{PREFIX}([0-9a-f]{{24}})")
_MARK, _HEX_MARK = "a991ce", "a991ce00"
_UUID = re.compile(
    rf"{_MARK}([0-9a-f]{{2}})-([0-9a-f]{{4}})-4([0-9a-f]{{3}})-8([0-9a-f]{{3}})-([0-9a-f]{{12}})"
)
_HEX = re.compile(rf"0x{_HEX_MARK}([0-9a-f]{{24}})")


def new_mark() -> str:
    """Return six digits by which a bot recognises its orders."""
    return secrets.token_hex(3)


def new_client_order_id(mark: str = "") -> str:
    """Return an id that no other order has; `mark` is that of the bot."""
    return PREFIX + mark + uuid4().hex[: 24 - len(mark)]


def is_ours(client_order_id: str | None, mark: str = "") -> bool:
    """Return whether the bot with this `mark` placed an order; without one, any bot of this program."""
    found = _OURS.fullmatch(client_order_id) if client_order_id else None
    return bool(found and found[1].startswith(mark))


def to_wire(client_order_id: str, form: IdForm) -> str:
    """Write an id as an exchange takes it. Others than ours become a UUID or 128 bits one way only."""
    if form == "plain":
        return client_order_id
    ours = _OURS.fullmatch(client_order_id)
    if form == "hex":
        return f"0x{_HEX_MARK}{ours[1]}" if ours else f"0x{uuid5(NAMESPACE_OID, client_order_id).hex}"
    if not ours:
        return str(uuid5(NAMESPACE_OID, client_order_id))
    digits = ours[1]
    return f"{_MARK}{digits[:2]}-{digits[2:6]}-4{digits[6:9]}-8{digits[9:12]}-{digits[12:]}"


def from_wire(written: str | None) -> str | None:
    """Read an id from an answer: ours as it was, any other as it is, None for none."""
    if not written:
        return None
    text = written.removeprefix(CLIENT_ID_PREFIX)
    found = _UUID.fullmatch(text.lower()) or _HEX.fullmatch(text.lower())
    return PREFIX + "".join(found.groups()) if found else text
