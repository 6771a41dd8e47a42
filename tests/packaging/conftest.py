"""Scripts of packaging/, loaded as modules: they are no package."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder."""
    item.add_marker(pytest.mark.python_independent)


ROOT = Path(__file__).parents[2]


def script(name: str) -> ModuleType:
    """Load packaging/<name>.py afresh."""
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", ROOT / "packaging" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def environment() -> ModuleType:
    return script("environment")


@pytest.fixture
def web_assets() -> ModuleType:
    return script("web_assets")
