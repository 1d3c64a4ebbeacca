"""How a board proves itself: the cryptography, and nothing else.

Pure functions: no event loop, no Home Assistant. Keys, nonces and digests are bytes;
`from_hex` reads them from the wire. `tests/vectors/` has examples of every value.

A paired board and Home Assistant (the hub) share a key of 32 bytes. On each
connection both send a fresh nonce, and then a proof over both nonces. Pairing makes
that key with X25519 (RFC 7748). Since the board commits to its part before it sees
the hub's, a man in the middle has one try at the six digits that a person compares.
"""

from dataclasses import dataclass, field
from enum import StrEnum
import hashlib
import hmac
import re
import secrets
from typing import Final, TypeGuard

from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)

KEY_SIZE: Final = 32
"""A shared key and an X25519 key, in bytes."""

NONCE_SIZE: Final = 16
"""A random number that is used once, in bytes."""

DIGEST_SIZE: Final = 32
"""A proof, a commitment, a transcript and a vouch, in bytes."""

SECRET_LENGTH: Final = 26
"""An enrolment secret, in characters of five bits each."""

_BOARD_ID: Final = re.compile(r"[a-z0-9_-]{1,32}")

# Without l and 1, o and 0: where a person types them, they look alike.
_SECRET_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_SECRET: Final = re.compile(b"[%b]{%d}" % (_SECRET_ALPHABET.encode(), SECRET_LENGTH))


class Role(StrEnum):
    """Who says something. What one says is worth nothing in the other's mouth."""

    BOARD = "board"
    HUB = "hub"


class PairingError(ValueError):
    """What the other side sent does not make a pairing."""


def is_board_id(value: object) -> TypeGuard[str]:
    """Return whether a value from the wire can be the id of a board."""
    return isinstance(value, str) and _BOARD_ID.fullmatch(value) is not None


def from_hex(text: object, size: int) -> bytes | None:
    """Return the bytes that a value from the wire stands for in hex.

    None if it is anything else than exactly `size` bytes: two digits for each, in
    capitals or not.
    """
    if not isinstance(text, str) or len(text) != 2 * size:
        return None
    try:
        data = bytes.fromhex(text)
    except ValueError:
        return None
    # Python passes over spaces in hex, so they show only in how much is left.
    return data if len(data) == size else None


def proof(
    key: bytes, role: Role, board_id: str, hub_nonce: bytes, board_nonce: bytes
) -> str:
    """Return in hex what shows that one side of a connection has the key.

    Raises ValueError when the id or the size of anything is wrong.
    """
    lines = (
        b"arduino_sensor/1",
        role.encode(),
        _id(board_id),
        _sized(hub_nonce, NONCE_SIZE).hex().encode(),
        _sized(board_nonce, NONCE_SIZE).hex().encode(),
    )
    return hmac.digest(_sized(key, KEY_SIZE), b"\n".join(lines), "sha256").hex()


def is_proof(
    text: object,
    key: bytes,
    role: Role,
    board_id: str,
    hub_nonce: bytes,
    board_nonce: bytes,
) -> bool:
    """Return whether a value from the wire is the proof, in constant time.

    Raises ValueError as `proof` does, but never for the value from the wire.
    """
    return _is_digest(text, proof(key, role, board_id, hub_nonce, board_nonce))


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both sides have after a pairing, if no one was in between."""

    key: bytes = field(repr=False)
    """The shared key. To be kept only if the code or a vouch was right."""

    code: str = field(repr=False)
    """Six digits, for a person to compare."""

    transcript: bytes = field(repr=False)
    """The digest of all that was exchanged, for a vouch."""


class HubPairing:
    """The hub's side of one pairing: one board, one try."""

    __slots__ = ("_board_id", "_commit", "_private_key", "nonce", "public_key")

    def __init__(
        self,
        board_id: str,
        commit: bytes,
        private_key: X25519PrivateKey | None = None,
        nonce: bytes | None = None,
    ) -> None:
        """Answer a board's commitment with a fresh `public_key` and `nonce`.

        A private key and a nonce are given only to repeat a known exchange.
        """
        self._board_id = board_id
        self._commit = commit
        if private_key is None:
            private_key = X25519PrivateKey.generate()
        self._private_key = private_key
        self.public_key = private_key.public_key().public_bytes_raw()
        self.nonce = secrets.token_bytes(NONCE_SIZE) if nonce is None else nonce

    def finish(self, public_key: bytes, nonce: bytes) -> Agreement:
        """Return what was agreed on, given what the board reveals.

        Raises PairingError when it is not what the board has committed to, or no
        public key that can be used.
        """
        try:
            committed = commitment(public_key, nonce)
            exchanged = transcript(
                self._board_id, self.public_key, public_key, self.nonce, nonce
            )
        except ValueError as err:
            raise PairingError(str(err)) from err
        if not hmac.compare_digest(committed, self._commit):
            raise PairingError("The revealed values do not fit the commitment.")
        return agree(self._private_key, public_key, exchanged)


def commitment(public_key: bytes, nonce: bytes) -> bytes:
    """Return the digest with which a board commits to its public key and nonce.

    Raises ValueError when the size of anything is wrong.
    """
    return hashlib.sha256(
        b"arduino_sensor/1 commit"
        + _sized(public_key, KEY_SIZE)
        + _sized(nonce, NONCE_SIZE)
    ).digest()


def transcript(
    board_id: str,
    hub_public_key: bytes,
    board_public_key: bytes,
    hub_nonce: bytes,
    board_nonce: bytes,
) -> bytes:
    """Return the digest of all that was exchanged in a pairing.

    Raises ValueError when the id or the size of anything is wrong.
    """
    name = _id(board_id)
    return hashlib.sha256(
        b"arduino_sensor/1 pair"
        + bytes((len(name),))
        + name
        + _sized(hub_public_key, KEY_SIZE)
        + _sized(board_public_key, KEY_SIZE)
        + _sized(hub_nonce, NONCE_SIZE)
        + _sized(board_nonce, NONCE_SIZE)
    ).digest()


def agree(
    private_key: X25519PrivateKey, peer_public_key: bytes, transcript: bytes
) -> Agreement:
    """Return what one side's private key and the other's public key come to.

    Raises PairingError when the public key has not 32 bytes or is of low order: then
    the shared secret is zero, and known to everyone.
    """
    try:
        peer = X25519PublicKey.from_public_bytes(peer_public_key)
        shared_secret = private_key.exchange(peer)
    except ValueError as err:
        raise PairingError("The public key cannot be used.") from err
    number = int.from_bytes(hashlib.sha256(b"code" + transcript).digest()[:4])
    return Agreement(
        key=hmac.digest(shared_secret, b"key" + transcript, "sha256"),
        code=f"{number % 10**6:06}",
        transcript=transcript,
    )


def vouch(secret: bytes, role: Role, transcript: bytes) -> str:
    """Return in hex what shows that one side of a pairing has a secret from before.

    The secret is that of an enrolment (`secret_bytes`), or the key that is replaced.
    Raises ValueError when it is shorter than those, or the transcript's size is wrong.
    """
    if len(secret) < SECRET_LENGTH:
        raise ValueError(f"A secret needs {SECRET_LENGTH} bytes, not {len(secret)}.")
    message = b"arduino_sensor/1 vouch\n%b\n%b" % (
        role.encode(),
        _sized(transcript, DIGEST_SIZE),
    )
    return hmac.digest(secret, message, "sha256").hex()


def is_vouch(text: object, secret: bytes, role: Role, transcript: bytes) -> bool:
    """Return whether a value from the wire is the vouch, in constant time.

    Raises ValueError as `vouch` does, but never for the value from the wire.
    """
    return _is_digest(text, vouch(secret, role, transcript))


def new_secret() -> str:
    """Return a new enrolment secret: 26 characters, 130 random bits."""
    return "".join(secrets.choice(_SECRET_ALPHABET) for _ in range(SECRET_LENGTH))


def secret_bytes(text: str) -> bytes:
    """Return the bytes of an enrolment secret as a person has written it.

    Capitals, spaces and hyphens do not matter. Raises ValueError when the rest is no
    secret that `new_secret` could have made.
    """
    # An error of encode() would have the text in it.
    data = text.encode("ascii", "replace").translate(None, b" -").lower()
    if _SECRET.fullmatch(data) is None:
        raise ValueError("This is no enrolment secret.")
    return data


def _is_digest(text: object, expected: str) -> bool:
    """Return whether a value from the wire is this digest in hex."""
    given = from_hex(text, DIGEST_SIZE)
    return given is not None and hmac.compare_digest(given, bytes.fromhex(expected))


def _id(board_id: str) -> bytes:
    """Return the bytes of a board's id, which has to be a good one."""
    if not is_board_id(board_id):
        raise ValueError("This is no id of a board.")
    return board_id.encode()


def _sized(value: bytes, size: int) -> bytes:
    """Return a value that has to have this size.

    What is hashed has no lengths in it, so another size could stand for another value.
    """
    if len(value) != size:
        raise ValueError(f"Expected {size} bytes, not {len(value)}.")
    return value
