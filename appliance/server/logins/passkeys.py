"""Register passkeys and check them (WebAuthn), by py_webauthn, which is loaded when first needed.

The browser lets a page use only passkeys of the host name that it was loaded from, over https or on
localhost, and signs that name and the origin. Both are compared with those of the registration, not with
headers of the request, so a wrong Host changes nothing. The user is always verified by the device (finger,
face, PIN); which make of device it is, is not asked.
"""

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from appliance.server.logins.factor_book import Passkey

TIMEOUT_MS: Final = 120_000


class BadPasskey(Exception):
    """Say why an answer of a browser proves nothing."""


def host_of(origin: str) -> str | None:
    """Return the host at which passkeys work on a page of that origin; None if they do not."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    host = parts.hostname or ""
    if host == "localhost" and parts.scheme in ("http", "https"):
        return host
    is_address = ":" in host or host.replace(".", "").isdigit()
    return host if parts.scheme == "https" and host and not is_address else None


def registration_options(
    host: str, user: str, handle: str, challenge: bytes, known: Sequence[Passkey]
) -> str:
    """Return what the browser needs to make a passkey, as JSON. Slow at first: for a thread."""
    import webauthn  # late: 0.15 s, 20 MB
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers import structs as kinds

    options = webauthn.generate_registration_options(
        rp_id=host,
        rp_name="appliance",
        user_name=user,
        user_id=bytes.fromhex(handle),
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=kinds.AuthenticatorSelectionCriteria(
            resident_key=kinds.ResidentKeyRequirement.REQUIRED,
            user_verification=kinds.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            kinds.PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in known
        ],
    )
    return webauthn.options_to_json(options)


def login_options(host: str, challenge: bytes) -> str:
    """Return what the browser needs to use a passkey, as JSON: no list of keys, it knows its own."""
    import webauthn  # late: 0.15 s, 20 MB
    from webauthn.helpers import structs as kinds

    options = webauthn.generate_authentication_options(
        rp_id=host,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        user_verification=kinds.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def challenge_in(answer: str) -> bytes:
    """Return the challenge that a browser has answered. Raises BadPasskey."""
    from webauthn.helpers import base64url_to_bytes  # late: 0.15 s, 20 MB

    try:
        return base64url_to_bytes(_client_data(answer)["challenge"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadPasskey("no challenge") from error


def registered(answer: str, challenge: bytes, name: str, now: float) -> Passkey:
    """Return the passkey that a browser has made. Raises BadPasskey."""
    import webauthn  # late: 0.15 s, 20 MB
    from webauthn.helpers import bytes_to_base64url

    origin, host = _origin(answer)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except Exception as error:  # whatever a hostile answer makes a parser raise
        raise BadPasskey(type(error).__name__) from error
    return Passkey(
        id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        counter=made.sign_count,
        name=name,
        host=host,
        added=int(now),
    )


def key_of(answer: str, known: Sequence[Passkey]) -> Passkey:
    """Return the passkey that an answer names. Raises BadPasskey if it is not one of those."""
    try:
        named = json.loads(answer)["id"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadPasskey("no id") from error
    found = next((one for one in known if one.id == named), None)
    if found is None:
        raise BadPasskey("it is not known here")
    return found


def checked(answer: str, challenge: bytes, key: Passkey) -> int:
    """Return the new counter of a passkey that a browser has used. Raises BadPasskey.

    A counter that does not grow means a copy of the key; keys that do not count always state zero.
    """
    import webauthn  # late: 0.15 s, 20 MB
    from webauthn.helpers import base64url_to_bytes

    origin, host = _origin(answer)
    if host != key.host:
        raise BadPasskey("it belongs to another host")
    try:
        proof = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=key.host,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.counter,
            require_user_verification=True,
        )
    except Exception as error:  # whatever a hostile answer makes a parser raise
        raise BadPasskey(str(error)[:200]) from error
    return proof.new_sign_count


def _client_data(answer: str) -> dict[str, Any]:
    from webauthn.helpers import base64url_to_bytes  # late: 0.15 s, 20 MB

    try:
        data = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadPasskey("unreadable") from error
    if not isinstance(data, dict):
        raise BadPasskey("unreadable")
    return data


def _origin(answer: str) -> tuple[str, str]:
    """Return the origin that the browser has signed, and its host. Raises BadPasskey."""
    data = _client_data(answer)
    origin = data.get("origin")
    host = host_of(origin) if isinstance(origin, str) else None
    if not isinstance(origin, str) or host is None or data.get("crossOrigin"):
        raise BadPasskey("neither https nor localhost, or a page within another")
    return origin, host
