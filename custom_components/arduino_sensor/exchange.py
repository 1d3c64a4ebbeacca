"""The messages with which a board and Home Assistant agree on a key."""

from collections.abc import Mapping
from typing import Any

from .auth import (
    DIGEST_SIZE,
    KEY_SIZE,
    NONCE_SIZE,
    Agreement,
    HubPairing,
    PairingError,
    from_hex,
)
from .protocol import Problem, ProtocolError


class Exchange:
    """One agreement: `pair` and its answer, then `reveal`. What follows is others'."""

    def __init__(self, board_id: str) -> None:
        """Begin with nothing exchanged."""
        self._board_id = board_id
        self._pairing: HubPairing | None = None

    def pair(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to `pair`; raise ProtocolError when it is none."""
        commit = from_hex(values.get("commit"), DIGEST_SIZE)
        if values.get("id") != self._board_id or commit is None:
            raise ProtocolError(
                Problem(
                    "invalid_message",
                    "pair needs the 'id' of hello and a 'commit' of 64 hexadecimal "
                    "digits.",
                )
            )
        self._pairing = HubPairing(self._board_id, commit)
        return {
            "type": "pair",
            "key": self._pairing.public_key.hex(),
            "nonce": self._pairing.nonce.hex(),
        }

    def reveal(self, values: Mapping[str, Any]) -> Agreement:
        """Return what is agreed with `reveal`; raise ProtocolError when nothing is."""
        public_key = from_hex(values.get("key"), KEY_SIZE)
        nonce = from_hex(values.get("nonce"), NONCE_SIZE)
        pairing, self._pairing = self._pairing, None
        if pairing is None or public_key is None or nonce is None:
            raise ProtocolError(
                Problem(
                    "invalid_message",
                    "reveal follows pair, with a 'key' of 64 and a 'nonce' of 32 "
                    "hexadecimal digits.",
                )
            )
        try:
            return pairing.finish(public_key, nonce)
        except PairingError as err:
            raise ProtocolError(Problem("wrong_commit", str(err))) from err
