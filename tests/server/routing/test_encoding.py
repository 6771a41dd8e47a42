"""Long answers are encoded in pieces, to the very bytes that they would be in one."""

import msgspec
import pytest

from appliance.server.routing import encoding
from appliance.server.routing.encoding import LONG, as_json


class Row(msgspec.Struct):
    number: int
    text: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    rows: list[Row]
    by_name: dict[str, Row]
    count: int = 0


def rows(count: int) -> list[Row]:
    return [Row(number, f'"{number}",[]{{}}') for number in range(count)]


def named(count: int) -> dict[str, Row]:
    return {row.text: row for row in rows(count)}


@pytest.mark.parametrize("count", [0, 1, LONG, LONG + 1, 3 * LONG, 7 * LONG + 5])
async def test_pieces_make_the_same_whole(count):
    for answer in (
        rows(count),
        named(count),
        Page(rows=rows(count), by_name=named(2 * count), count=count),
        {"rows": rows(count), "count": count, 3: "three"},
        tuple(rows(count)),
    ):
        assert await as_json(answer) == msgspec.json.encode(answer)


@pytest.mark.parametrize("answer", [None, True, "text", 1.5, Row(1, "one")])
async def test_what_has_no_rows_is_what_it_is(answer):
    assert await as_json(answer) == msgspec.json.encode(answer)


async def test_no_piece_is_longer_than_a_few_hundred_rows(monkeypatch):
    lengths, encode = [], msgspec.json.encode

    def counted(value):
        lengths.append(len(value) if isinstance(value, list | dict) else 0)
        return encode(value)

    monkeypatch.setattr(encoding.msgspec.json, "encode", counted)
    await as_json(Page(rows=rows(5000), by_name=named(5000)))
    assert max(lengths) == LONG
