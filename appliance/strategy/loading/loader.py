"""Find strategies by class name or file, load them, and list them."""

import base64
import binascii
import inspect
import logging
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from appliance.domain.errors import StrategyError, StrategyNotFound
from appliance.strategy import compat
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.checks import check_class
from appliance.strategy.loading.module_reload import class_names, defines, python_files, run_file
from appliance.strategy.loading.removed_names_scan import used_in
from appliance.strategy.loading.resolve import apply_config

logger = logging.getLogger(__name__)

SAMPLES = Path(__file__).parents[1] / "samples"
"""The strategies that come with the program; searched last."""


class StrategyListing(msgspec.Struct, frozen=True):
    """Describe a strategy that was found: `status` is OK, or why it cannot be loaded, with file:line."""

    name: str
    file: str
    status: str


def search_folders(
    user_folder: Path | None = None, extra: Path | None = None, *, recursive: bool = False
) -> list[Path]:
    """Return the folders to search, in this order: `--strategy-path`, `user_data/strategies`, the samples."""
    own = user_folder / "strategies" if user_folder is not None else None
    folders = [extra, *([own] if not recursive or own is None else _with_subfolders(own)), SAMPLES]
    return list(dict.fromkeys(folder for folder in folders if folder is not None))


def load_strategy(name: str, *, dirs: Sequence[Path], config: dict[str, Any]) -> IStrategy:
    """Load a strategy by class name, file (`x.py`) or `Name:base64 text`, and resolve its settings.

    As in freqtrade, the parameter file overrides the strategy, and the configuration overrides both. The
    result is written to `config`, too, the strategy's `self.config`. Loading again reads changed files.
    Raises StrategyNotFound, naming the available strategies, or StrategyError with file:line and reason.
    """
    if not name:
        raise StrategyNotFound(
            f"no strategy given: use --strategy or the setting 'strategy'. {_available(dirs, name)}"
        )
    strategy_class = _find(name, dirs)
    try:
        check_class(strategy_class)
        strategy: IStrategy = strategy_class(config)
        strategy.ft_set_special_params_from_file()
        apply_config(strategy, config)
        strategy.ft_load_hyper_params()
    except StrategyError as error:
        raise StrategyError(_with_file(str(error), strategy_class)) from error
    # The edge between the bot and the strategy's own __init__.
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise StrategyError(
            f"{strategy_class.__file__}: {strategy_class.__name__} cannot be created: {reason}"
        ) from error
    return strategy


def source_of(name: str, dirs: Iterable[Path]) -> Path | None:
    """Return the file that defines a strategy, without running it; None if there is none."""
    files = (file for folder in dirs for file in python_files(folder))
    return next((file for file in files if defines(file, name)), None)


def list_strategies(dirs: Iterable[Path], config: Mapping[str, Any] | None = None) -> list[StrategyListing]:
    """List every strategy of the folders, broken ones with the reason; nothing stays imported.

    `config` may have settings that a strategy needs and does not set itself.
    """
    compat.install()
    _restore_removed_names()
    found: list[StrategyListing] = []
    seen: dict[str, str] = {}
    for path in (file for folder in dirs for file in python_files(folder)):
        for name, status in _statuses(path, config or {}):
            other = seen.setdefault(name, str(path)) if name else str(path)
            if status == "OK" and other != str(path):
                status = f"{path}: a strategy with the same name in {other} is loaded instead"
            found.append(StrategyListing(name, str(path), status))
    return found


def _find(name: str, dirs: Sequence[Path]) -> type[IStrategy]:
    compat.install()
    _restore_removed_names()
    if ":" in name and not os.path.exists(name):
        name, _, text = name.partition(":")
        return _load_class(name, _decoded(name, text))
    if name.endswith(".py"):
        return _load_class(None, _existing(name, dirs))
    problem: StrategyError | None = None
    for path in (file for folder in dirs for file in python_files(folder)):
        if defines(path, name):
            try:
                return _load_class(name, path)
            except StrategyError as error:
                problem = problem or error
    if problem is not None:
        raise problem
    raise StrategyNotFound(f"no strategy '{name}' in {', '.join(map(str, dirs))}. {_available(dirs, name)}")


def _restore_removed_names() -> None:
    """Add the names that numpy and pandas removed; loads both."""
    from appliance.strategy.loading import removed_names  # late: it loads pandas

    removed_names.install()


def _load_class(name: str | None, path: Path) -> type[IStrategy]:
    """Return the class `name` of a file; without a name, the class named like the file, or its only one."""
    module, error = run_file(path, keep=True)
    classes = strategies_of(module)
    if name is None:
        name = path.stem if path.stem in classes or len(classes) != 1 else next(iter(classes))
    if name not in classes:
        if error is not None:
            raise error
        there = ", ".join(classes) or "none"
        raise StrategyNotFound(f"{path}: no class '{name}' that derives from IStrategy; found: {there}")
    if error is not None:
        logger.warning("%s; %s, defined before this line, is used", error, name)
    strategy_class = classes[name]
    strategy_class.__file__ = str(path)
    strategy_class.__source__ = path.read_text(encoding="utf-8", errors="replace")
    if names := used_in(strategy_class.__source__):
        logger.warning(
            "%s: %s: removed from current numpy or pandas; supported here",
            strategy_class.__name__,
            ", ".join(names),
        )
    return strategy_class


def strategies_of(module: ModuleType) -> dict[str, type[IStrategy]]:
    """Return the strategy classes that a module defines (not those that it imports), by name."""
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, IStrategy)
        and value is not IStrategy
        and value.__module__ == module.__name__
    }


def _statuses(path: Path, config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (name, status) for each strategy of a file; a file that fails counts as one."""
    try:
        module, error = run_file(path, keep=False)
    except StrategyError as problem:
        return [(name, str(problem)) for name in class_names(path) or [""]]
    found = {name: _status(cls, path, config) for name, cls in strategies_of(module).items()}
    if error is not None:
        missing = [name for name in class_names(path) if name not in found]
        found |= dict.fromkeys(missing or ([] if found else [""]), str(error))
    return list(found.items())


def _status(strategy_class: type[IStrategy], path: Path, config: Mapping[str, Any]) -> str:
    strategy_class.__file__ = str(path)
    try:
        check_class(strategy_class)
        if getattr(strategy_class, "stoploss", None) is None:
            _check_stoploss(strategy_class, dict(config))
    except StrategyError as error:
        return _with_file(str(error), strategy_class)
    return "OK"


def _check_stoploss(strategy_class: type[IStrategy], config: dict[str, Any]) -> None:
    """Check that `__init__`, parameter file or configuration set the stop loss that the class does not set.

    Raises StrategyError if not.
    """
    try:
        strategy = strategy_class(config)
        strategy.ft_set_special_params_from_file()
    except (Exception, SystemExit) as error:  # the edge between the program and the strategy's own __init__
        raise StrategyError(f"it cannot be created: {type(error).__name__}: {error}") from error
    if config.get("stoploss") is None and getattr(strategy, "stoploss", None) is None:
        raise StrategyError("stoploss: expected a ratio below 0 such as -0.1, found none")


def _with_file(problem: str, strategy_class: type[IStrategy]) -> str:
    file = strategy_class.__file__
    return problem if problem.startswith(file) else f"{file}: {strategy_class.__name__}: {problem}"


def _available(dirs: Iterable[Path], wanted: str) -> str:
    names = list(
        dict.fromkeys(n for folder in dirs for file in python_files(folder) for n in class_names(file))
    )
    nearest = get_close_matches(wanted, names, n=len(names) or 1, cutoff=0.6)
    ordered = nearest + sorted(name for name in names if name not in nearest)
    return f"Available: {', '.join(ordered)}" if ordered else "There are no strategies in these folders."


def _existing(name: str, dirs: Sequence[Path]) -> Path:
    for path in (Path(name), *(folder / name for folder in dirs)):
        if path.is_file():
            return path.resolve()
    raise StrategyNotFound(f"no strategy file '{name}'. {_available(dirs, Path(name).stem)}")


def _decoded(name: str, text: str) -> Path:
    """Write a strategy given as base64 text to a temporary folder."""
    try:
        source = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise StrategyError(
            f"strategy '{name}': the text after the colon is not valid base64: {error}"
        ) from error
    path = Path(tempfile.mkdtemp(prefix="strategy-")) / f"{name}.py"
    path.write_bytes(source)
    return path


def _with_subfolders(folder: Path) -> list[Path]:
    return [Path(root) for root, _, _ in os.walk(folder) if "__pycache__" not in root]
