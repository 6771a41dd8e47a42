"""Keep what a login needs beside the password: the secret of codes, recovery codes, passkeys.

It is a file of the user data folder (mode 0600), as the configuration with its password is, not the
database: databases are backed up, sent to others and read by other programs. Of recovery codes and passkeys
there is only what checks them; the secret of codes has to be there as it is. Bots of one folder share it: it
belongs to the person. Whoever can write the folder can also change the password.
"""

import fcntl
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from appliance.config.userdir import write_private
from appliance.domain.errors import ConfigurationError
from appliance.server.logins import codes

FILE: Final = "logins.json"
MOST_PASSKEYS: Final = 20
T = TypeVar("T")


class AppCodes(Struct, frozen=True, kw_only=True):
    """Hold the secret that an authenticator app has, too. `last_step`: of the last code used."""

    secret: str
    since: int
    last_step: int


class Passkey(Struct, frozen=True, kw_only=True):
    """Hold a passkey's public key (base64url) and counter. `host`: the name it works at; times since 1970."""

    id: str
    public_key: str
    counter: int
    name: str
    host: str
    added: int
    used: int = 0


class Factors(Struct, frozen=True, kw_only=True):
    """Hold all of it. `handle` names the user to passkeys; `programs_too`: the API asks for codes as well.

    `sessions_since`: sessions of the API issued before (seconds since 1970) are not valid any more.
    """

    codes: AppCodes | None = None
    recovery: tuple[str, ...] = ()
    programs_too: bool = False
    sessions_since: int = 0
    handle: str = ""
    passkeys: tuple[Passkey, ...] = ()


class FactorBook:
    """Read and change the file. All methods block; changes exclude each other, also of other processes."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        self._changing = threading.Lock()
        self._read: tuple[object, Factors] = (None, Factors())
        self._last_step = 0

    def read(self) -> Factors:
        """Return the content. Raises ConfigurationError if there is a file that cannot be read."""
        try:
            state = self.file.stat()
            seen = (state.st_ino, state.st_mtime_ns, state.st_size)
            if self._read[0] != seen:
                self._read = seen, msgspec.json.decode(self.file.read_bytes(), type=Factors)
            return self._read[1]
        except FileNotFoundError:
            return Factors()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{self.file}: cannot be read, so nobody can log in with the password: {error}. "
                "Restore it, or remove it to log in by the password alone"
            ) from None

    def change(self, by: Callable[[Factors], tuple[Factors, T]]) -> T:
        """Change the content by a function, which may run while no other change does; return its result.

        Raises ConfigurationError if the file cannot be read or written.
        """
        with self._changing, self._alone():
            before = self.read()
            after, result = by(before)
            if after != before:
                write_private(self.file, msgspec.json.format(msgspec.json.encode(after)), overwrite=True)
            return result

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from changing the file; the lock is that of its folder."""
        try:
            folder = os.open(self.file.parent, os.O_RDONLY)
        except OSError as error:
            raise ConfigurationError(f"{self.file}: cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def take_code(self, text: str, now: float) -> str | None:
        """Use up a code; return its kind, "code" or "recovery code", or None if it is wrong or was used.

        A code of the app is accepted even where that cannot be written (a full disk): somebody has to be
        able to stop the bot. It is then remembered until the next start. A recovery code is not.
        """
        given = codes.plain(text)
        if not codes.is_app_code(given):
            return self.change(lambda known: _without_recovery_code(known, given))

        def used(known: Factors) -> tuple[Factors, int | None]:
            if known.codes is None:
                return known, None
            last = max(known.codes.last_step, self._last_step)
            step = codes.accepted_step(known.codes.secret, given, now, last)
            if step is None:
                return known, None
            self._last_step = step
            changed = msgspec.structs.replace(known.codes, last_step=step)
            return msgspec.structs.replace(known, codes=changed), step

        before = self._last_step
        try:
            return "code" if self.change(used) is not None else None
        except ConfigurationError:
            if self._last_step > before:
                return "code"
            raise

    def set_up_codes(self, secret: str, code: str, now: float) -> list[str] | None:
        """Ask for codes from now on, if this one is right; return new recovery codes, else None."""
        step = codes.accepted_step(secret, codes.plain(code), now, 0)
        if step is None:
            return None
        recovery = codes.new_recovery_codes()
        hashes = tuple(codes.hash_of(one) for one in recovery)
        added = AppCodes(secret=secret, since=int(now), last_step=step)

        def set_up(known: Factors) -> tuple[Factors, list[str] | None]:
            if known.codes is not None:  # set up meanwhile, elsewhere
                return known, None
            self._last_step = step
            return msgspec.structs.replace(known, codes=added, recovery=hashes), recovery

        return self.change(set_up)

    def remove_codes(self) -> bool:
        """Ask for no codes any more; return whether any were asked for."""

        def removed(known: Factors) -> tuple[Factors, bool]:
            off = msgspec.structs.replace(known, codes=None, recovery=(), programs_too=False)
            return off, known.codes is not None

        return self.change(removed)

    def renew_recovery_codes(self) -> list[str]:
        """Return new recovery codes; the old ones are not valid any more."""
        recovery = codes.new_recovery_codes()
        hashes = tuple(codes.hash_of(one) for one in recovery)
        return self.change(lambda known: (msgspec.structs.replace(known, recovery=hashes), recovery))

    def ask_programs(self, asks: bool, now: float) -> None:
        """Have the API ask for codes as well, or not; sessions of before end if it does."""

        def changed(known: Factors) -> tuple[Factors, None]:
            since = int(now) + 1 if asks else known.sessions_since
            return msgspec.structs.replace(known, programs_too=asks, sessions_since=since), None

        self.change(changed)

    def end_api_sessions(self, now: float) -> None:
        """End all sessions of the API that were issued before."""
        since = int(now) + 1
        self.change(lambda known: (msgspec.structs.replace(known, sessions_since=since), None))

    def handle(self) -> str:
        """Return the name of the user for passkeys: random, made once."""

        def made(known: Factors) -> tuple[Factors, str]:
            handle = known.handle or secrets.token_hex(16)
            return msgspec.structs.replace(known, handle=handle), handle

        return self.change(made)

    def add_passkey(self, key: Passkey) -> bool:
        """Add a passkey; False if it, or its name, is there already, or there are too many."""

        def added(known: Factors) -> tuple[Factors, bool]:
            is_taken = any(key.id == one.id or key.name == one.name for one in known.passkeys)
            if is_taken or len(known.passkeys) >= MOST_PASSKEYS:
                return known, False
            return msgspec.structs.replace(known, passkeys=(*known.passkeys, key)), True

        return self.change(added)

    def count_passkey(self, key_id: str, counter: int, now: float) -> bool:
        """Note that a passkey was used; False if it is not known, or was used meanwhile as well."""

        def counted(known: Factors) -> tuple[Factors, bool]:
            key = next((one for one in known.passkeys if one.id == key_id), None)
            if key is None or (counter <= key.counter and (counter or key.counter)):
                return known, False
            new = msgspec.structs.replace(key, counter=counter, used=int(now))
            keys = tuple(new if one is key else one for one in known.passkeys)
            return msgspec.structs.replace(known, passkeys=keys), True

        return self.change(counted)

    def remove_passkey(self, key_id: str) -> Passkey | None:
        """Remove a passkey, and return it; None if it is not known."""

        def removed(known: Factors) -> tuple[Factors, Passkey | None]:
            found = next((one for one in known.passkeys if one.id == key_id), None)
            keys = tuple(one for one in known.passkeys if one is not found)
            return msgspec.structs.replace(known, passkeys=keys), found

        return self.change(removed)


def _without_recovery_code(known: Factors, code: str) -> tuple[Factors, str | None]:
    left = codes.without(code, known.recovery) if known.codes is not None else None
    if left is None:
        return known, None
    return msgspec.structs.replace(known, recovery=tuple(left)), "recovery code"
