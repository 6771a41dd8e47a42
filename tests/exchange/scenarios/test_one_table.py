"""What is special about an exchange stands in `exchange/traits.py`: no other code names one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.exchange.ccxt_import import known_names
from appliance.exchange.traits import FORMER_NAMES, SUPPORTED

PACKAGE = Path(__file__).parents[3] / "appliance"
ALLOWED = {
    "exchange/traits.py": "the table",
    "cli/data/convert.py": "kraken_csv is the name of a format, of archives that one exchange offers",
    "strategy/loading/missing_packages.py": "names of Python packages, not of exchanges",
}
MODULES = sorted(
    str(path.relative_to(PACKAGE))
    for path in PACKAGE.rglob("*.py")
    if str(path.relative_to(PACKAGE)) not in ALLOWED
)
ALL = sorted({*known_names(), *FORMER_NAMES})
UNMISTAKABLE = {*SUPPORTED, *FORMER_NAMES} - {"gate"}
"""Within longer texts and in identifiers only these: names as `delta` are words, too."""
WORDS = re.compile(rf"\b({'|'.join(sorted(UNMISTAKABLE))}|gate(io|eu)?\b)", re.IGNORECASE)


def documentation(tree: ast.AST) -> set[ast.AST]:
    """Return the strings that are statements of their own: docstrings, and those below a constant."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def identifiers(node: ast.AST) -> Iterator[str]:
    for field in ("id", "attr", "arg", "name"):
        if isinstance(name := getattr(node, field, None), str):
            yield name


def named(source: str) -> list[str]:
    """Return where code names an exchange, as `line: text`."""
    tree = ast.parse(source)
    skipped = documentation(tree)
    found = []
    for node in ast.walk(tree):
        texts = [name for name in identifiers(node) if UNMISTAKABLE & set(name.lower().split("_"))]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            texts += [node.value] if node.value in ALL or WORDS.search(node.value) else []
        found += [f"{getattr(node, 'lineno', 0)}: {text}" for text in texts]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_no_code_names_an_exchange(module: str):
    assert named((PACKAGE / module).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'if exchange.name == "binance": pass',
        'if exchange.name.startswith("binance"): pass',
        'TABLE = {"kucoin": 20}',
        'NAMES = frozenset({"poloniex"})',
        "def kraken_order(): pass",
        'raise ValueError(f"{name} is not OKX")',
        "class C:\n    bybit = 1",
        "x.hyperliquid",
    ],
)
def test_code_that_names_one_is_found(source: str):
    assert named(source)


def test_documentation_may_name_them():
    assert named('"""As Binance does."""\nA = 1\n"""Kraken\'s."""\ndef f():\n    """OKX."""\n') == []
