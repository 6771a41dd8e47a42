"""Load the settings from all their sources, and load them again.

From weakest to strongest: defaults, strategy, files in their order, systemd's credentials, FREQTRADE__
variables, APPLIANCE__ variables, command line.
"""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from appliance.config.database_choice import DatabaseChoice, HoldsTrades, choose
from appliance.config.freqtrade_dict import dictionary
from appliance.config.jsonc import KeyPath, Place
from appliance.config.paths import default_files, user_data_folder
from appliance.config.sections.strategy import DECIDED_BY_STRATEGY
from appliance.config.settings import Settings
from appliance.config.sources.credentials import gather_credentials, read_secret_files
from appliance.config.sources.deprecated_keys import modernise
from appliance.config.sources.environment import gather_environment
from appliance.config.sources.files import Gathered, gather_files
from appliance.config.validation import api_security, consistency
from appliance.config.validation.values import validate
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError

_OPTIONS = {"user_data_dir": "--userdir", "verbosity": "--verbose", "internals.sd_notify": "--sd-notify"}
_CREDENTIALS = ("key", "secret", "password", "uid", "walletAddress", "privateKey")


@dataclass(frozen=True)
class Sources:
    """What the command line names: files, and settings by dotted key path that go over all others.

    `stdin` keeps what "-" gave and `session_secret` what stands in for a missing `jwt_secret_key`, so that
    loading again gives the same.
    """

    config: tuple[str, ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    stdin: str | None = None
    session_secret: str = field(default_factory=api_security.new_session_secret, repr=False)


@dataclass(frozen=True)
class LoadedSettings:
    """Settings, and where they are from.

    `raw` is the same as a freqtrade configuration: a plain dict that strategies get as `self.config`.
    `warnings` has one line each, without secrets.
    """

    settings: Settings = field(repr=False)
    raw: dict[str, Any] = field(repr=False)
    files: tuple[Path, ...]
    user_data_dir: Path
    datadir: Path
    database: DatabaseChoice = field(repr=False)
    runmode: RunMode
    warnings: tuple[str, ...]
    sources: Sources = field(repr=False)
    gathered: Gathered = field(repr=False)

    @property
    def db_url(self) -> str:
        return self.database.url


class Validated(NamedTuple):
    settings: Settings
    warnings: list[str]
    misspelt: list[str]


def load(
    sources: Sources,
    environ: Mapping[str, str] = os.environ,
    *,
    runmode: RunMode | None = None,
    holds_trades: HoldsTrades | None = None,
    database: DatabaseChoice | None = None,
) -> LoadedSettings:
    """Load and check the settings. `runmode` None is trading, live or dry-run as configured.

    `holds_trades` helps to choose among several databases; `database` is one that is chosen already.

    Raises `ConfigurationError` with everything that is wrong.
    """
    if "-" in sources.config and sources.stdin is None:
        sources = replace(sources, stdin=sys.stdin.read())
    gathered = _gather(sources, environ)
    problems = modernise(gathered)
    if runmode is None and gathered.values.get("dry_run", True) is True:
        _forget_credentials(gathered.values)
    validation = _typed(gathered, problems)
    faults = list(consistency.inconsistencies(validation.settings))
    dangers: list[tuple[str, str]] = []
    if runmode is None:
        exposed, dangers = api_security.judge(validation.settings.api_server)
        faults += [*consistency.missing_for_start(validation.settings), *exposed]
    # What is misspelt leaves a setting at its default, e.g. at no limit of trades: not with real money.
    live = runmode is None and not validation.settings.dry_run
    _refuse([*problems, *(validation.misspelt if live else ()), *_placed(gathered, faults)])
    warnings = (
        *gathered.warnings,
        *validation.warnings,
        *(f"SECURITY: {line}" for line in _placed(gathered, dangers)),
    )
    return _loaded(
        gathered,
        validation.settings,
        sources,
        runmode,
        warnings,
        holds_trades=holds_trades,
        database=database,
    )


def reload(loaded: LoadedSettings, environ: Mapping[str, str] = os.environ) -> LoadedSettings:
    """Read the same sources again; that reads files. Raises `ConfigurationError`; `loaded` stays good."""
    trading = loaded.runmode in (RunMode.LIVE, RunMode.DRY_RUN)
    runmode = None if trading else loaded.runmode
    return load(loaded.sources, environ, runmode=runmode, database=loaded.database)


def with_strategy(loaded: LoadedSettings, name: str) -> LoadedSettings:
    """Let a strategy's attributes stand wherever the configuration is silent, and check what comes of it.

    Call it once the strategy is loaded with `loaded.raw`, into which it has then written them (as with
    freqtrade). `name` is the strategy's. Raises `ConfigurationError`.
    """
    configured = loaded.gathered.values
    silent = {
        key: _as_json(loaded.raw[key])
        for key in DECIDED_BY_STRATEGY
        if loaded.raw.get(key) is not None and key not in configured
    }
    gathered = Gathered(files=loaded.gathered.files)
    gathered.lay_over(silent, {(key,): Place(f"strategy {name}") for key in silent})
    gathered.lay_over(configured, loaded.gathered.places)
    settings = _typed(gathered, []).settings
    faults = [
        *consistency.inconsistencies_with_strategy(settings),
        *consistency.missing_for_trading(loaded.raw),
    ]
    _refuse(_placed(gathered, faults))
    return replace(loaded, settings=api_security.with_session_secret(settings, loaded.sources.session_secret))


def _gather(sources: Sources, environ: Mapping[str, str]) -> Gathered:
    names = sources.config or default_files(named_userdir(sources.overrides, environ))
    gathered = gather_files(names, sources.stdin or "")
    above = (gather_credentials(environ), gather_environment(environ), _command_line(sources.overrides))
    for one in above:
        gathered.lay_over(one.values, one.places)
    read_secret_files(gathered)
    return gathered


def named_userdir(overrides: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the user data folder that command line or environment name; None where they do not."""
    named = overrides.get("user_data_dir") or gather_environment(environ).values.get("user_data_dir")
    return str(named) if named else None


def _command_line(overrides: Mapping[str, Any]) -> Gathered:
    result = Gathered()
    for name, value in overrides.items():
        path = tuple(name.split("."))
        nested = value
        for key in reversed(path):
            nested = {key: nested}
        result.lay_over(nested, {path: Place(_OPTIONS.get(name) or "--" + name.replace("_", "-"))})
    return result


def _forget_credentials(values: dict[str, Any]) -> None:
    """Drop the exchange's keys in dry-run: what nobody has, nobody can use or lose."""
    exchange = values.get("exchange")
    if isinstance(exchange, dict):
        values["exchange"] = {key: None if key in _CREDENTIALS else value for key, value in exchange.items()}


def _typed(gathered: Gathered, problems: list[str]) -> Validated:
    """Convert the values; raises with `problems` and those found now when that cannot be done."""
    validation = validate(gathered)
    if validation.settings is None:
        raise ConfigurationError(*problems, *validation.problems)
    settings = validation.settings
    if settings.max_open_trades < 0:
        settings = msgspec.structs.replace(settings, max_open_trades=float("inf"))
    return Validated(settings, validation.warnings, validation.misspelt)


def _loaded(
    gathered: Gathered,
    settings: Settings,
    sources: Sources,
    runmode: RunMode | None,
    warnings: tuple[str, ...],
    *,
    holds_trades: HoldsTrades | None,
    database: DatabaseChoice | None,
) -> LoadedSettings:
    settings = api_security.with_session_secret(settings, sources.session_secret)
    mode = runmode or (RunMode.DRY_RUN if settings.dry_run else RunMode.LIVE)
    folder = user_data_folder(settings.user_data_dir, gathered.files)
    datadir = (
        Path(settings.datadir).absolute() if settings.datadir else folder / "data" / settings.exchange.name
    )
    place = gathered.places.get(("db_url",))
    database = database or choose(
        settings.db_url,
        folder,
        gathered.files,
        dry_run=settings.dry_run,
        holds_trades=holds_trades,
        in_file=place is not None and place.line > 0,
    )
    return LoadedSettings(
        settings=settings,
        raw=dictionary(
            gathered, settings, runmode=mode, user_data_dir=folder, datadir=datadir, db_url=database.url
        ),
        files=tuple(gathered.files),
        user_data_dir=folder,
        datadir=datadir,
        database=database,
        runmode=mode,
        warnings=warnings,
        sources=sources,
        gathered=gathered,
    )


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ConfigurationError(*problems)


def _placed(gathered: Gathered, faults: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{gathered.place(_key_path(path))}: {path}: {text}" for path, text in faults]


def _key_path(dotted: str) -> KeyPath:
    return tuple(int(key) if key.isdigit() else key for key in re.findall(r"[^.\[\]]+", dotted))


def _as_json(value: Any) -> Any:
    """Write a strategy's attribute as a configuration would have it: keys are texts."""
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else value
