"""Load the settings from all sources, and reload them.

Each source overrides those before it: defaults, strategy, files in their order, systemd's credentials,
FREQTRADE__ variables, APPLIANCE__ variables, command line.
"""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from appliance.config.database_choice import Configured, DatabaseChoice, HoldsTrades, choose
from appliance.config.freqtrade_dict import Location, freqtrade_dict
from appliance.config.jsonc import KeyPath, Place
from appliance.config.paths import default_files, user_data_folder
from appliance.config.sections.strategy import DECIDED_BY_STRATEGY
from appliance.config.settings import Settings
from appliance.config.sources.credentials import gather_credentials, read_secret_files
from appliance.config.sources.deprecated_keys import modernise
from appliance.config.sources.environment import gather_environment
from appliance.config.sources.files import Gathered, gather_files, nested
from appliance.config.validation import api_security, consistency
from appliance.config.validation.values import validate
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError
from appliance.domain.json_value import Json, JsonObject

_OPTIONS = {"user_data_dir": "--userdir", "verbosity": "--verbose", "internals.sd_notify": "--sd-notify"}
_CREDENTIALS = ("key", "secret", "password", "uid", "walletAddress", "privateKey")


@dataclass(frozen=True)
class Sources:
    """The files and settings of the command line; `overrides` by dotted key path, over all other sources.

    `stdin` is the text read for "-", and `session_secret` the substitute for a missing `jwt_secret_key`: they
    are stored so that a reload gives the same settings.
    """

    config: tuple[str, ...] = ()
    overrides: Mapping[str, Json] = field(default_factory=dict)
    stdin: str | None = None
    session_secret: str = field(default_factory=api_security.new_session_secret, repr=False)


@dataclass(frozen=True)
class LoadedSettings:
    """Settings and their sources.

    `raw` has the form of a freqtrade configuration: the plain dict that strategies get as `self.config`.
    `warnings` has one line for each, without secrets.
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
    drafts: Mapping[Path, str] | None = None,
) -> LoadedSettings:
    """Load and check the settings. `runmode` None means trading, live or dry-run as configured.

    `holds_trades` helps to choose among several databases; `database` is one that is already chosen. `drafts`
    has texts of files that are read instead of these.

    Raises `ConfigurationError` with every problem found.
    """
    if "-" in sources.config and sources.stdin is None:
        sources = replace(sources, stdin=sys.stdin.read())
    gathered, settings, warnings = _checked(sources, environ, runmode, drafts)
    mode = runmode or (RunMode.DRY_RUN if settings.dry_run else RunMode.LIVE)
    folder = user_data_folder(settings.user_data_dir, gathered.files)
    candles = Path(settings.datadir) if settings.datadir else folder / "data" / settings.exchange.source
    database = database or choose(_configured(gathered, settings), folder, gathered.files, holds_trades)
    location = Location(folder, candles.absolute(), database.url)
    return LoadedSettings(
        settings=settings,
        raw=freqtrade_dict(gathered, settings, mode, location),
        files=tuple(gathered.files),
        user_data_dir=folder,
        datadir=location.datadir,
        database=database,
        runmode=mode,
        warnings=tuple(warnings),
        sources=sources,
        gathered=gathered,
    )


def _checked(
    sources: Sources,
    environ: Mapping[str, str],
    runmode: RunMode | None,
    drafts: Mapping[Path, str] | None,
) -> tuple[Gathered, Settings, list[str]]:
    """Read all sources and check their values; return the settings and the warnings."""
    gathered = _gather(sources, environ, drafts)
    problems = modernise(gathered)
    if runmode is None and gathered.values.get("dry_run", True) is True:
        _drop_credentials(gathered.values)
    settings, unknown, misspelt = _typed(gathered, problems)
    faults = list(consistency.inconsistencies(settings))
    dangers: list[tuple[str, str]] = []
    if runmode is None:
        faults += consistency.missing_for_start(settings)
    if runmode in (None, RunMode.WEBSERVER):
        exposed, dangers = api_security.judge(settings.api_server)
        faults += exposed
    # A misspelt key leaves a setting at its default, e.g. no limit of trades: refused with real money.
    is_live = runmode is None and not settings.dry_run
    _refuse([*problems, *(misspelt if is_live else ()), *_placed(gathered, faults)])
    security = [f"SECURITY: {line}" for line in _placed(gathered, dangers)]
    settings = api_security.with_session_secret(settings, sources.session_secret)
    return gathered, settings, [*gathered.warnings, *unknown, *security]


def _configured(gathered: Gathered, settings: Settings) -> Configured:
    place = gathered.places.get(("db_url",))
    is_in_file = place is not None and place.line > 0
    return Configured(settings.db_url, settings.dry_run, is_in_file)


def reload(
    loaded: LoadedSettings,
    environ: Mapping[str, str] = os.environ,
    *,
    drafts: Mapping[Path, str] | None = None,
) -> LoadedSettings:
    """Read the same sources again (reads files). Raises `ConfigurationError`; `loaded` stays valid.

    With `drafts`, texts of files by their names, it tells what a reload would give once these are saved.
    """
    trading = loaded.runmode in (RunMode.LIVE, RunMode.DRY_RUN)
    runmode = None if trading else loaded.runmode
    return load(loaded.sources, environ, runmode=runmode, database=loaded.database, drafts=drafts)


def with_strategy(loaded: LoadedSettings, name: str) -> LoadedSettings:
    """Apply the attributes of a strategy where the configuration sets nothing, and check the result.

    Call it once the strategy `name` is loaded with `loaded.raw`, into which loading writes its attributes, as
    freqtrade does. Raises `ConfigurationError`.
    """
    configured = loaded.gathered.values
    attributes = {
        key: _as_json(loaded.raw[key])
        for key in DECIDED_BY_STRATEGY
        if loaded.raw.get(key) is not None and key not in configured
    }
    gathered = Gathered(files=loaded.gathered.files)
    gathered.lay_over(attributes, {(key,): Place(f"strategy {name}") for key in attributes})
    gathered.lay_over(configured, loaded.gathered.places)
    settings = _typed(gathered, []).settings
    faults = [
        *consistency.inconsistencies_with_strategy(settings),
        *consistency.missing_for_trading(loaded.raw),
    ]
    _refuse(_placed(gathered, faults))
    return replace(loaded, settings=api_security.with_session_secret(settings, loaded.sources.session_secret))


def _gather(sources: Sources, environ: Mapping[str, str], drafts: Mapping[Path, str] | None) -> Gathered:
    names = sources.config or default_files(named_userdir(sources.overrides, environ))
    gathered = gather_files(names, sources.stdin or "", drafts)
    above = (gather_credentials(environ), gather_environment(environ), _command_line(sources.overrides))
    for one in above:
        gathered.lay_over(one.values, one.places)
    read_secret_files(gathered)
    return gathered


def named_userdir(overrides: Mapping[str, Json], environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the user data folder set on the command line or in the environment, None if not set."""
    named = overrides.get("user_data_dir") or gather_environment(environ).values.get("user_data_dir")
    return str(named) if named else None


def _command_line(overrides: Mapping[str, Json]) -> Gathered:
    result = Gathered()
    for name, value in overrides.items():
        path = tuple(name.split("."))
        result.lay_over(
            nested(path, value), {path: Place(_OPTIONS.get(name) or "--" + name.replace("_", "-"))}
        )
    return result


def _drop_credentials(values: JsonObject) -> None:
    """Drop the exchange's API keys in dry-run, which does not need them."""
    exchange = values.get("exchange")
    if isinstance(exchange, dict):
        values["exchange"] = {key: None if key in _CREDENTIALS else value for key, value in exchange.items()}


def _typed(gathered: Gathered, problems: list[str]) -> Validated:
    """Convert the values. Raises `ConfigurationError` with `problems` and those of the conversion."""
    validation = validate(gathered)
    if validation.settings is None:
        raise ConfigurationError(*problems, *validation.problems)
    settings = validation.settings
    if settings.max_open_trades < 0:
        settings = msgspec.structs.replace(settings, max_open_trades=float("inf"))
    return Validated(settings, validation.warnings, validation.misspelt)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ConfigurationError(*problems)


def _placed(gathered: Gathered, faults: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{gathered.place(_key_path(path))}: {path}: {text}" for path, text in faults]


def _key_path(dotted: str) -> KeyPath:
    return tuple(int(key) if key.isdigit() else key for key in re.findall(r"[^.\[\]]+", dotted))


def _as_json(value: Any) -> Json:
    """Convert the attribute of a strategy to the form of a configuration: keys are strings."""
    converted: Json = {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else value
    return converted
