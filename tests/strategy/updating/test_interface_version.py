"""A class says by which interface it is written: once, on top, below its docstring."""

import pytest

from appliance.strategy.updating.update import updated

VERSION = "INTERFACE_VERSION = 3"
OVER_LINES = "class A(\n    strategy.IStrategy,\n):\n{}    @property\n    def x(self): pass\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    INTERFACE_VERSION = 2  # old\n", f"    {VERSION}  # old\n"),
        ("    INTERFACE_VERSION: int = 1\n", "    INTERFACE_VERSION: int = 3\n"),
        ("    x = 1\n", f"    {VERSION}\n    x = 1\n"),
        ("    # why\n    x = 1\n", f"    {VERSION}\n    # why\n    x = 1\n"),
        ('\t"""Doc."""\n\n\tx = 1\n', f'\t"""Doc."""\n\n\t{VERSION}\n\n\tx = 1\n'),
    ],
)
def test_the_version_is_set_or_added(old: str, new: str):
    update = updated(f"class A(IStrategy):\n{old}".encode())
    assert update.content.decode() == f"class A(IStrategy):\n{new}"
    assert updated(update.content).content == update.content


def test_the_version_is_added_below_a_header_of_several_lines():
    assert updated(OVER_LINES.format("").encode()).content.decode() == OVER_LINES.format(f"    {VERSION}\n")


@pytest.mark.parametrize(
    "kept",
    ["class A(IStrategy): pass\n", 'class A(IStrategy):\n    """Doc."""', "class A(Base):\n    x = 1\n"],
)
def test_other_classes_stay(kept: str):
    assert updated(kept.encode()).content.decode() == kept
