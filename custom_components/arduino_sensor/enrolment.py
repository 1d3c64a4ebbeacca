"""Many boards at once: for an hour, one secret stands for the code of each."""

import time
from typing import Final

from .auth import Role, is_vouch, new_secret, secret_bytes, vouch

DURATION: Final = 3600.0
"""How long boards can be enrolled with one secret, in seconds."""


class Enrolment:
    """The secret that boards are enrolled with, while one is in force."""

    def __init__(self) -> None:
        """Begin without a secret."""
        self._secret: str | None = None
        self._ends = 0.0

    def begin(self) -> str:
        """Return the secret that is in force, a new one if there is none.

        Its hour begins anew.
        """
        self._secret = self.secret or new_secret()
        self._ends = time.monotonic() + DURATION
        return self._secret

    def end(self) -> None:
        """Take no more boards with the secret."""
        self._secret = None

    @property
    def secret(self) -> str | None:
        """Return the secret, if there is one in force."""
        return self._secret if time.monotonic() < self._ends else None

    def answer(self, board_vouch: object, transcript: bytes) -> str | None:
        """Return what answers a board's vouch, or None if that is not right."""
        if (secret := self.secret) is None:
            return None
        key = secret_bytes(secret)
        if not is_vouch(board_vouch, key, Role.BOARD, transcript):
            return None
        return vouch(key, Role.HUB, transcript)
