"""A passkey made of software, which also does what a real one would refuse."""

import hashlib
import json
import os
from base64 import urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, HAS_KEY = 1, 4, 64


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class SoftPasskey:
    """Hold a key pair; answers state `origin` and `host` as they are told, verified or not."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost:8080") -> None:
        self.host, self.origin = host, origin
        self.id = os.urandom(16)
        self.counter = 0
        self.verified = VERIFIED
        self.cross_origin = False
        self._key = ec.generate_private_key(ec.SECP256R1())

    def made(self, challenge: str) -> str:
        """Answer a registration."""
        numbers = self._key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        described = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        data = self._data(HAS_KEY) + described
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"clientDataJSON": self._client("webauthn.create", challenge)}
        return self._answer(response | {"attestationObject": text(attested)})

    def used(self, challenge: str) -> str:
        """Answer a login, counting."""
        self.counter += 1
        data, client = self._data(), self._client("webauthn.get", challenge)
        raw = json.dumps(self._said("webauthn.get", challenge)).encode()
        signature = self._key.sign(data + hashlib.sha256(raw).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": text(data), "signature": text(signature)}
        return self._answer(response)

    def _data(self, more: int = 0) -> bytes:
        flags = PRESENT | self.verified | more
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _said(self, kind: str, challenge: str) -> dict[str, object]:
        return {
            "type": kind,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        }

    def _client(self, kind: str, challenge: str) -> str:
        return text(json.dumps(self._said(kind, challenge)).encode())

    def _answer(self, response: dict[str, str]) -> str:
        named = text(self.id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
