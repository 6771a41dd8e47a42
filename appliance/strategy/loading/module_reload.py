"""Run strategy files anew, so that a changed file, or module beside it, is used from the next load on."""

import importlib
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

from appliance.domain.errors import StrategyError
from appliance.strategy.loading.missing_packages import missing_message, missing_module

logger = logging.getLogger(__name__)

_TOLERATED = (AttributeError, ImportError, NameError, SyntaxError)
"""Errors after which the classes that the file defined before the error are usable."""

_loaded: set[str] = set()
"""The modules imported by the strategy loaded last: its own and those beside it."""

_importing = RLock()
"""`sys.path` and `sys.modules` belong to the whole process: one folder at a time."""


def python_files(folder: Path) -> list[Path]:
    """Return the Python files of one folder, by name; none if there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix == ".py" and path.is_file())


def run_file(path: Path, *, keep: bool) -> tuple[ModuleType, StrategyError | None]:
    """Run a strategy file; return its module, and the error that stopped it half way, if any.

    Modules beside it are importable while it runs. With `keep` they stay imported and replace those of the
    last load; without, the imported modules are restored. Raises StrategyError with file:line if nothing of
    the file is usable.
    """
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    with _fresh_imports(path.parent, keep=keep) as outcome:
        # Dataclasses, among others, look up their module by name while it runs.
        if path.stem not in sys.modules:
            sys.modules[path.stem] = module
        error = _run(path, module)
        outcome["failed"] = error is not None
    return module, error


def _run(path: Path, module: ModuleType) -> StrategyError | None:
    try:
        source = path.read_bytes()
        exec(compile(source, str(path), "exec"), module.__dict__)
    except _TOLERATED as error:
        return StrategyError(f"{place_in(path, error)}: {reason_of(error)}")
    except OSError as error:
        raise StrategyError(f"{path}: cannot be read: {error.strerror or error}") from error
    # The edge between the bot and the strategy's file: anything may be raised while it is imported.
    except (Exception, SystemExit) as error:
        raise StrategyError(f"{place_in(path, error)}: {reason_of(error)}") from error
    return None


@contextmanager
def _fresh_imports(folder: Path, *, keep: bool) -> Iterator[dict[str, Any]]:
    """Import from `folder` as if no strategy had been imported before."""
    with _importing:
        outcome: dict[str, Any] = {"failed": True}
        wrote_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        before = {name: sys.modules.pop(name) for name in list(_loaded) if name in sys.modules}
        others = set(sys.modules)
        importlib.invalidate_caches()
        sys.path.insert(0, str(folder))
        try:
            yield outcome
        finally:
            sys.path.remove(str(folder))
            sys.dont_write_bytecode = wrote_bytecode
            fresh = _imported_from(folder, set(sys.modules) - others)
            if keep and not outcome["failed"]:
                _loaded.clear()
                _loaded.update(fresh)
            else:
                for name in fresh:
                    del sys.modules[name]
                sys.modules.update(before)


def _imported_from(folder: Path, names: set[str]) -> list[str]:
    """Return the modules from the folder, except packages installed below it."""
    root = str(folder) + os.sep
    files = {name: getattr(sys.modules[name], "__file__", None) or "" for name in names}
    return [n for n, file in files.items() if file.startswith(root) and "site-packages" not in file]


def place_in(path: Path, error: BaseException) -> str:
    """Return file:line of an error: the innermost line in the folder of the file, else the file."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(path.parent)]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else str(path)


def reason_of(error: BaseException) -> str:
    """Return one line for users that states the error."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    module = missing_module(error)
    return missing_message(module) if module else f"{type(error).__name__}: {error}"


def class_names(path: Path) -> list[str]:
    """Return the names of classes that appear to derive from IStrategy, without running the file."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return re.findall(r"^class\s+(\w+)\s*\([^)]*IStrategy[^)]*\)", text, re.MULTILINE)


def defines(path: Path, name: str) -> bool:
    """Return whether a file appears to define the class, without running it."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(rf"^\s*class\s+{re.escape(name)}\s*[(:]", text, re.MULTILINE) is not None
