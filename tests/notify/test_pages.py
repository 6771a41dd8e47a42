"""Long answers are cut where Telegram still takes them, and nothing of them is lost."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from appliance.notify.pages import Block, pages, plain_pages, units

LINE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=90)
BLOCKS = st.lists(
    st.builds(
        lambda lines, fixed: Block(tuple(lines if fixed else map(_escaped, lines)), fixed=fixed),
        st.lists(LINE, max_size=12),
        st.booleans(),
    ),
    max_size=6,
)


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shown(html: str) -> str:
    """What a reader sees, without line ends and spaces."""
    return re.sub(r"\s", "", unescape(re.sub(r"</?(pre|b|code)>", "", html)))


@given(BLOCKS)
def test_pages_fit_are_whole_and_say_everything(blocks):
    found = pages(blocks, most=200)
    for page in found:
        assert units(page) <= 200
        assert page.count("<pre>") == page.count("</pre>")
    said = "".join(line if block.fixed else unescape(line) for block in blocks for line in block.lines)
    assert "".join(map(shown, found)) == re.sub(r"\s", "", said)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=900))
def test_plain_texts_are_cut_too(text):
    found = plain_pages(text, most=100)
    assert all(units(page) <= 100 and page.strip() for page in found)
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", text)


def test_a_table_that_continues_is_a_table_on_each_page():
    rows = tuple(f"{number:4} a row of a table" for number in range(400))
    found = pages([Block(("<b>Title</b>",)), Block(rows, fixed=True), Block(("below",))])
    assert len(found) > 1
    assert found[0].startswith("<b>Title</b>\n<pre>   0 a row")
    assert all(page.startswith("<pre>") for page in found[1:])
    assert found[-1].endswith("</pre>\nbelow")


def test_emojis_count_twice_as_telegram_counts():
    assert units("🚀a") == 3
