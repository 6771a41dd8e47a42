"""Read secrets from separate files: systemd's credentials, and `<name>_file` instead of any secret.

LoadCredential=exchange.key:/etc/appliance/key       in the unit: a file named after the setting
"key_file": "/run/secrets/key"                       in the configuration, instead of "key"
APPLIANCE__EXCHANGE__KEY_FILE=/run/secrets/key       in the environment
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from appliance.config.jsonc import KeyPath, Place
from appliance.config.secrets import is_secret
from appliance.config.sources.files import Gathered, nested
from appliance.domain.errors import ConfigurationError
from appliance.domain.json_value import JsonObject

DIRECTORY = "CREDENTIALS_DIRECTORY"
_SUFFIX = "_file"
_LONGEST = 65_536


def gather_credentials(environ: Mapping[str, str]) -> Gathered:
    """Read the secrets among systemd's credentials: `exchange.key`, `api_server.password`, …

    Raises `ConfigurationError` if one cannot be read.
    """
    result = Gathered()
    folder = environ.get(DIRECTORY)
    if not folder or not Path(folder).is_dir():
        return result
    for file in sorted(Path(folder).iterdir()):
        path: KeyPath = tuple(file.name.split("."))
        if len(path) > 1 and is_secret((path[-1],)):
            secret = _content(file, f"credential {file.name}")
            result.lay_over(nested(path, secret), {path: Place(f"credential {file.name}")})
    return result


def read_secret_files(gathered: Gathered) -> None:
    """Replace each `<name>_file` by `<name>` with the content of the file.

    Raises `ConfigurationError` with all problems.
    """
    problems: list[str] = []
    for path, section in list(_named(gathered.values, ())):
        where, name = ".".join(map(str, path)), str(path[-1]).removesuffix(_SUFFIX)
        file = section[str(path[-1])]
        if section.get(name):
            problems.append(f"{gathered.place(path)}: {where}: expected this or {name}, found both")
            continue
        try:
            secret = _content(Path(str(file)), f"{gathered.place(path)}: {where}")
        except ConfigurationError as error:
            problems += error.problems
            continue
        del section[str(path[-1])]
        section[name] = secret
        gathered.places[*path[:-1], name] = Place(str(file))
    if problems:
        raise ConfigurationError(*problems)


def _named(section: object, above: KeyPath) -> Iterator[tuple[KeyPath, JsonObject]]:
    """Yield the key path of every `<secret>_file` and the section around it."""
    if not isinstance(section, dict):
        return
    for key, value in section.items():
        if key.endswith(_SUFFIX) and is_secret((key.removesuffix(_SUFFIX),)):
            yield (*above, key), section
        else:
            yield from _named(value, (*above, key))


def _content(file: Path, where: str) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(_LONGEST).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text file"
        raise ConfigurationError(f"{where}: cannot read {file}: {reason}") from None
    if not text:
        raise ConfigurationError(f"{where}: expected a secret in {file}, found an empty file")
    return text
