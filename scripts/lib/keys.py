"""The keys of simulated boards: how they are made, shown to be there, and kept.

Written from docs/protocol.md alone, so that it can tell when the integration does
something else than that. Nonces are hexadecimal digits in lower case, as they are
hashed; everything else that is secret is bytes.
"""

from dataclasses import dataclass, field
import hashlib
import hmac
import json
import os
from pathlib import Path
import re
import secrets
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)

type Role = Literal["board", "hub"]


def new_nonce() -> str:
    """Return a number for one connection: 16 random bytes."""
    return secrets.token_hex(16)


def hex_digits(given: object, size: int) -> str:
    """Return what stands for `size` bytes, in lower case; raise ValueError if none."""
    if not isinstance(given, str) or not re.fullmatch(
        rf"[0-9a-fA-F]{{{2 * size}}}", given
    ):
        raise ValueError(f"no {2 * size} hexadecimal digits")
    return given.lower()


def matches(given: object, expected: str) -> bool:
    """Tell whether somebody has sent these digits, in the same time always."""
    try:
        return hmac.compare_digest(hex_digits(given, len(expected) // 2), expected)
    except ValueError:
        return False


def proof(
    key: bytes, role: Role, board_id: str, hub_nonce: str, board_nonce: str
) -> str:
    """Return what shows that one side of a connection has the key."""
    lines = ("arduino_sensor/1", role, board_id, hub_nonce, board_nonce)
    return hmac.digest(key, "\n".join(lines).encode("ascii"), "sha256").hex()


def vouch(secret: bytes, role: Role, transcript: bytes) -> str:
    """Return what shows that one side of a pairing has a secret from before."""
    message = f"arduino_sensor/1 vouch\n{role}\n".encode("ascii") + transcript
    return hmac.digest(secret, message, "sha256").hex()


def secret_bytes(text: str) -> bytes:
    """Return the bytes of an enrolment secret, however a person has written it.

    Raises ValueError, without the text, if it has not 26 letters and digits.
    """
    bare = text.lower().replace(" ", "").replace("-", "")
    if not re.fullmatch(r"[a-z0-9]{26}", bare):
        raise ValueError("a secret has 26 letters and digits")
    return bare.encode("ascii")


@dataclass(frozen=True)
class Agreement:
    """What board and Home Assistant have in common after a pairing."""

    key: bytes = field(repr=False)
    code: str = field(repr=False)
    transcript: bytes = field(repr=False)


class Pairing:
    """A board's side of one pairing."""

    def __init__(
        self,
        board_id: str,
        private_key: X25519PrivateKey | None = None,
        nonce: str | None = None,
    ) -> None:
        """Choose the board's part; it is only given to repeat a known pairing."""
        self._board_id = board_id.encode("ascii")
        self._private_key = private_key or X25519PrivateKey.generate()
        self.public_key = self._private_key.public_key().public_bytes_raw()
        self.nonce = nonce or new_nonce()

    @property
    def commit(self) -> str:
        """Return what ties the board to its part before it sees the other one."""
        mine = self.public_key + bytes.fromhex(self.nonce)
        return hashlib.sha256(b"arduino_sensor/1 commit" + mine).hexdigest()

    def agree(self, hub_key: object, hub_nonce: object) -> Agreement:
        """Return what comes of it with Home Assistant's part, as that was sent.

        Raises ValueError if that is no such part.
        """
        theirs = bytes.fromhex(hex_digits(hub_key, 32))
        transcript = hashlib.sha256(
            b"arduino_sensor/1 pair"
            + len(self._board_id).to_bytes()
            + self._board_id
            + theirs
            + self.public_key
            + bytes.fromhex(hex_digits(hub_nonce, 16))
            + bytes.fromhex(self.nonce)
        ).digest()
        # Refuses what would make a key of zeros, with a ValueError.
        shared = self._private_key.exchange(X25519PublicKey.from_public_bytes(theirs))
        number = int.from_bytes(hashlib.sha256(b"code" + transcript).digest()[:4])
        return Agreement(
            key=hmac.digest(shared, b"key" + transcript, "sha256"),
            code=f"{number % 1_000_000:06d}",
            transcript=transcript,
        )


class KeyStore:
    """The keys of boards by their ids: in memory, or in a file of its owner's alone."""

    def __init__(self, path: Path | None = None) -> None:
        """Read the file if it is there; raise ValueError if it is no such file."""
        self._path = path
        self._keys: dict[str, str] = {}
        self._read()

    def _read(self) -> None:
        if self._path is None or not self._path.exists():
            return
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            self._keys = {name: hex_digits(key, 32) for name, key in found.items()}
        except ValueError, AttributeError:
            # Without the cause, which may quote what is in the file.
            raise ValueError(f"{self._path} is no file with keys of boards") from None

    def get(self, board_id: str) -> bytes | None:
        """Return the key of a board, or None if it has none."""
        key = self._keys.get(board_id)
        return None if key is None else bytes.fromhex(key)

    def put(self, board_id: str, key: bytes) -> None:
        """Keep the key of a board, in place of an earlier one."""
        self._read()  # others may have put theirs into the same file
        self._keys[board_id] = key.hex()
        if self._path is None:
            return
        # Whole or not at all: half a file would lose the keys of all other boards.
        unfinished = self._path.with_name(f"{self._path.name}.new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self._keys, file, indent=2)
        unfinished.replace(self._path)
