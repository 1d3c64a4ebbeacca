"""How a board proves itself.

Each value is computed twice: by the module, and by the few lines below that use
nothing but Python's own hashes. The vectors, which other clients are tested with too,
have to agree with both.
"""

from collections.abc import Iterator
import hashlib
import hmac
import json
from pathlib import Path
import re
from typing import Any, Final
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
import pytest

from custom_components.arduino_sensor.auth import (
    Agreement,
    HubPairing,
    PairingError,
    Role,
    agree,
    commitment,
    from_hex,
    is_board_id,
    is_proof,
    is_vouch,
    new_secret,
    proof,
    secret_bytes,
    transcript,
    vouch,
)

VECTORS: Final[dict[str, list[dict[str, str]]]] = json.loads(
    (Path(__file__).parent / "vectors" / "auth.json").read_text(encoding="ascii")
)

KEY: Final = bytes(range(32))
ONE: Final = bytes(range(100, 116))
OTHER: Final = bytes(range(200, 216))
SECRET: Final = b"abcdefghijkmnpqrstuvwxyz23"

NOT_HEX: Final[list[Any]] = [
    None,
    True,
    5,
    1.5,
    [],
    {},
    b"0" * 64,
    "",
    "0" * 63,
    "0" * 65,
    "0" * 62,
    "0" * 66,
    "0" * 1000,
    "g" * 64,
    " " + "0" * 63,
    "0" * 63 + "\n",
    " " + "0" * 62 + " ",
    "00 " * 32,
    "0x" + "0" * 62,
    "+" + "0" * 63,
    "0_" * 32,
    "é" * 64,
    "\uff10" * 64,  # a zero, but not the one of ASCII
    "\u0660" * 64,  # another
    "\ud800" * 64,  # half of a surrogate pair
    "\0" * 64,
]


# X25519 and the values of the protocol once more, without the library.


def x25519(scalar: bytes, u: bytes) -> bytes:
    """Multiply as RFC 7748, section 5, says: a Montgomery ladder."""
    p = 2**255 - 19
    k = int.from_bytes(scalar, "little") & ~7 & (2**255 - 1) | 2**254
    x1 = int.from_bytes(u, "little") % 2**255
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swap != bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        plus, minus = x2 + z2, x2 - z2
        plus2, minus2 = plus * plus, minus * minus
        cross1, cross2 = (x3 - z3) * plus, (x3 + z3) * minus
        x3 = (cross1 + cross2) ** 2 % p
        z3 = x1 * (cross1 - cross2) ** 2 % p
        x2 = plus2 * minus2 % p
        z2 = (plus2 - minus2) * (plus2 + 121665 * (plus2 - minus2)) % p
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, p - 2, p) % p).to_bytes(32, "little")


BASE: Final = (9).to_bytes(32, "little")


def sha256(*parts: bytes) -> bytes:
    """Return the digest of several parts after each other."""
    return hashlib.sha256(b"".join(parts)).digest()


def hmac_sha256(key: bytes, *parts: bytes) -> bytes:
    """Return the keyed digest of several parts after each other."""
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def expected_proof(case: dict[str, str]) -> dict[str, str]:
    """Return what a case of a proof comes to."""
    text = (
        f"arduino_sensor/1\n{case['role']}\n{case['id']}\n"
        f"{case['hub_nonce']}\n{case['board_nonce']}"
    )
    return {"proof": hmac_sha256(bytes.fromhex(case["key"]), text.encode()).hex()}


def expected_commitment(case: dict[str, str]) -> dict[str, str]:
    """Return what a case of a commitment comes to."""
    revealed = bytes.fromhex(case["board_public_key"] + case["board_nonce"])
    return {"commit": sha256(b"arduino_sensor/1 commit", revealed).hex()}


def expected_pairing(case: dict[str, str]) -> dict[str, str]:
    """Return what a case of a pairing comes to."""
    hub_key = bytes.fromhex(case["hub_private_key"])
    board_key = bytes.fromhex(case["board_private_key"])
    hub_public, board_public = x25519(hub_key, BASE), x25519(board_key, BASE)
    shared = x25519(hub_key, board_public)
    assert shared == x25519(board_key, hub_public)
    hub_nonce = bytes.fromhex(case["hub_nonce"])
    board_nonce = bytes.fromhex(case["board_nonce"])
    exchanged = sha256(
        b"arduino_sensor/1 pair",
        bytes([len(case["id"])]),
        case["id"].encode(),
        hub_public,
        board_public,
        hub_nonce,
        board_nonce,
    )
    digits = int(sha256(b"code", exchanged).hex()[:8], 16) % 1_000_000
    return {
        "hub_public_key": hub_public.hex(),
        "board_public_key": board_public.hex(),
        "commit": sha256(b"arduino_sensor/1 commit", board_public, board_nonce).hex(),
        "transcript": exchanged.hex(),
        "shared_secret": shared.hex(),
        "key": hmac_sha256(shared, b"key", exchanged).hex(),
        "code": str(digits).zfill(6),
    }


def expected_vouch(case: dict[str, str]) -> dict[str, str]:
    """Return what a case of a vouch comes to."""
    text = f"arduino_sensor/1 vouch\n{case['role']}\n".encode()
    exchanged = bytes.fromhex(case["transcript"])
    return {"vouch": hmac_sha256(bytes.fromhex(case["secret"]), text, exchanged).hex()}


def expected_secret(case: dict[str, str]) -> dict[str, str]:
    """Return what a case of an enrolment secret comes to."""
    return {"secret": re.sub("[ -]", "", case["text"]).lower().encode().hex()}


def expected_x25519(case: dict[str, str]) -> dict[str, str]:
    """Return what a case of X25519 comes to."""
    scalar, u = bytes.fromhex(case["private_key"]), bytes.fromhex(case["public_key"])
    return {"shared_secret": x25519(scalar, u).hex()}


# The vectors.


def cases(section: str) -> pytest.MarkDecorator:
    """Make a test for each case of one section."""
    return pytest.mark.parametrize(
        "case", [pytest.param(case, id=case["name"]) for case in VECTORS[section]]
    )


def unhex(case: dict[str, str], *fields: str) -> Iterator[bytes]:
    """Yield the bytes of some fields of a case."""
    return (bytes.fromhex(case[name]) for name in fields)


@pytest.mark.parametrize(
    ("section", "expected", "count"),
    [
        ("x25519", expected_x25519, 3),
        ("proof", expected_proof, 3),
        ("commitment", expected_commitment, 2),
        ("pairing", expected_pairing, 3),
        ("vouch", expected_vouch, 3),
        ("secret", expected_secret, 3),
    ],
)
def test_vectors(section: str, expected: Any, count: int) -> None:
    """The vectors are what the document says, by another way than the module's."""
    assert len(VECTORS[section]) >= count
    for case in VECTORS[section]:
        assert case == case | expected(case), case["name"]


def test_vectors_cover_the_edges() -> None:
    """What a client is likely to get wrong is among the vectors."""
    for listed in VECTORS.values():
        names = [case["name"] for case in listed]
        assert len(set(names)) == len(names)
    for section in ("proof", "vouch"):
        assert {case["role"] for case in VECTORS[section]} == {"board", "hub"}
    for section in ("proof", "pairing"):
        assert {1, 32} <= {len(case["id"]) for case in VECTORS[section]}
    pairings = VECTORS["pairing"]
    assert any(case["code"].startswith("000") for case in pairings)
    # The number that the code is taken from has no sign.
    first = [sha256(b"code", *unhex(case, "transcript"))[0] for case in pairings]
    assert min(first) < 128 <= max(first)


def test_rfc_7748() -> None:
    """The example of RFC 7748, section 6.1."""
    alice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
    public = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    public_bob = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    for scalar, u, result in (
        (alice, BASE.hex(), public),
        (bob, BASE.hex(), public_bob),
        (alice, public_bob, shared),
        (bob, public, shared),
    ):
        assert x25519(bytes.fromhex(scalar), bytes.fromhex(u)).hex() == result
    for private, peer in ((alice, public_bob), (bob, public)):
        agreement = agree(_private_key(private), bytes.fromhex(peer), bytes(32))
        assert agreement.key == hmac_sha256(bytes.fromhex(shared), b"key", bytes(32))
    assert {
        (case["private_key"], case["public_key"], case["shared_secret"])
        for case in VECTORS["x25519"]
    } >= {(alice, public_bob, shared), (bob, public, shared)}


def _private_key(text: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(text))


@cases("x25519")
def test_x25519_vectors(case: dict[str, str]) -> None:
    """The key comes from the shared secret of X25519."""
    (public_key,) = unhex(case, "public_key")
    agreement = agree(_private_key(case["private_key"]), public_key, KEY)
    assert agreement.key == hmac_sha256(*unhex(case, "shared_secret"), b"key", KEY)


@cases("proof")
def test_proof_vectors(case: dict[str, str]) -> None:
    """A proof is made, and known again, in capitals or not."""
    key, hub_nonce, board_nonce = unhex(case, "key", "hub_nonce", "board_nonce")
    given = key, Role(case["role"]), case["id"], hub_nonce, board_nonce
    assert is_board_id(case["id"])
    assert proof(*given) == case["proof"]
    assert is_proof(case["proof"], *given)
    assert is_proof(case["proof"].upper(), *given)


@cases("commitment")
def test_commitment_vectors(case: dict[str, str]) -> None:
    """A board commits to what it will reveal."""
    revealed = unhex(case, "board_public_key", "board_nonce")
    assert commitment(*revealed).hex() == case["commit"]


@cases("pairing")
def test_pairing_vectors(case: dict[str, str]) -> None:
    """Both sides come to the same key, code and transcript."""
    commit, revealed, nonce = unhex(case, "commit", "board_public_key", "board_nonce")
    hub = HubPairing(
        case["id"],
        commit,
        _private_key(case["hub_private_key"]),
        *unhex(case, "hub_nonce"),
    )
    assert hub.public_key.hex() == case["hub_public_key"]
    assert hub.nonce.hex() == case["hub_nonce"]
    agreement = hub.finish(revealed, nonce)
    assert agreement.key.hex() == case["key"]
    assert agreement.code == case["code"]
    assert agreement.transcript.hex() == case["transcript"]

    exchanged = transcript(case["id"], hub.public_key, revealed, hub.nonce, nonce)
    board = agree(_private_key(case["board_private_key"]), hub.public_key, exchanged)
    assert board == agreement


@cases("vouch")
def test_vouch_vectors(case: dict[str, str]) -> None:
    """A vouch is made, and known again, in capitals or not."""
    secret, exchanged = unhex(case, "secret", "transcript")
    given = secret, Role(case["role"]), exchanged
    assert vouch(*given) == case["vouch"]
    assert is_vouch(case["vouch"], *given)
    assert is_vouch(case["vouch"].upper(), *given)


@cases("secret")
def test_secret_vectors(case: dict[str, str]) -> None:
    """A secret is read the way people write it."""
    assert secret_bytes(case["text"]).hex() == case["secret"]


@cases("low_order")
def test_low_order_vectors(case: dict[str, str]) -> None:
    """A public key that makes everyone's shared secret zero is refused."""
    (public_key,) = unhex(case, "public_key")
    assert x25519(KEY, public_key) == bytes(32)
    with pytest.raises(PairingError):
        agree(X25519PrivateKey.generate(), public_key, bytes(32))
    # A board that commits to such a key in all form is refused too.
    hub = HubPairing("esp32", commitment(public_key, ONE))
    with pytest.raises(PairingError):
        hub.finish(public_key, ONE)


def test_low_order_vectors_are_all() -> None:
    """There are no others: they are all of low order, and as many as there can be.

    The curve's points of low order form a group of 8, those of its twist one of 4. A
    point and its negative have the same u, and infinity has none: that leaves 0, 1 and
    two of order 8, and 0 and -1. Of these, 0 and 1 can be written with p added to them
    as well, and each of the seven with the highest bit, which is not read.
    """
    written = {case["public_key"] for case in VECTORS["low_order"]}
    points = {
        int.from_bytes(bytes.fromhex(u), "little") % 2**255 % (2**255 - 19)
        for u in written
    }
    assert len(points) == 5
    assert len(written) == 14


# From the wire.


@pytest.mark.parametrize("text", NOT_HEX)
def test_what_is_no_hex(text: Any) -> None:
    """Nothing but hex of the right length is read, and nothing raises."""
    assert from_hex(text, 32) is None
    assert not is_proof(text, KEY, Role.BOARD, "esp32", ONE, OTHER)
    assert not is_vouch(text, SECRET, Role.BOARD, KEY)


def test_hex() -> None:
    """Hex is read in capitals or not."""
    assert from_hex("00ff7f80", 4) == b"\x00\xff\x7f\x80"
    assert from_hex("aAfF", 2) == b"\xaa\xff"
    assert from_hex("", 0) == b""
    assert from_hex(KEY.hex(), 32) == KEY


@pytest.mark.parametrize("text", ["a", "_", "-", "0", "esp32-c3_2", "z" * 32])
def test_board_ids(text: str) -> None:
    """An id is short and plain."""
    assert is_board_id(text)


NOT_IDS: Final[list[Any]] = [
    "",
    "z" * 33,
    "A",
    "a b",
    "a\n",
    "\na",
    "a\0",
    "a.b",
    "ä",
    "\uff41",
    "\u0660",
    "\ud800",
    None,
    1,
    b"a",
    ["a"],
]


@pytest.mark.parametrize("text", NOT_IDS)
def test_what_is_no_board_id(text: Any) -> None:
    """Anything else is no id, and nothing is computed with it."""
    assert not is_board_id(text)
    with pytest.raises(ValueError, match="no id of a board"):
        proof(KEY, Role.BOARD, text, ONE, OTHER)
    with pytest.raises(ValueError, match="no id of a board"):
        transcript(text, KEY, KEY, ONE, OTHER)
    with pytest.raises(PairingError):
        HubPairing(text, commitment(BASE, ONE)).finish(BASE, ONE)


@pytest.mark.parametrize(
    "change", [lambda x: x[:-1], lambda x: x + b"\0", lambda _: b""]
)
def test_sizes(change: Any) -> None:
    """What has another size is refused, an empty key above all."""
    for key, hub_nonce, board_nonce in (
        (change(KEY), ONE, OTHER),
        (KEY, change(ONE), OTHER),
        (KEY, ONE, change(OTHER)),
    ):
        with pytest.raises(ValueError, match="bytes"):
            proof(key, Role.BOARD, "esp32", hub_nonce, board_nonce)
    for index in range(4):
        values = [KEY, KEY, ONE, OTHER]
        values[index] = change(values[index])
        with pytest.raises(ValueError, match="bytes"):
            transcript("esp32", *values)
    for revealed in ((change(KEY), ONE), (KEY, change(ONE))):
        with pytest.raises(ValueError, match="bytes"):
            commitment(*revealed)
        fits = sha256(b"arduino_sensor/1 commit", *revealed)
        with pytest.raises(PairingError, match="bytes"):
            HubPairing("esp32", fits).finish(*revealed)
    with pytest.raises(PairingError):
        HubPairing("esp32", change(commitment(BASE, ONE))).finish(BASE, ONE)
    with pytest.raises(PairingError):
        agree(X25519PrivateKey.generate(), change(BASE), KEY)
    with pytest.raises(ValueError, match="bytes"):
        vouch(SECRET, Role.BOARD, change(KEY))
    for secret in (b"", SECRET[:-1]):
        with pytest.raises(ValueError, match="bytes"):
            vouch(secret, Role.BOARD, KEY)


# What an attacker can try.


def flips(value: bytes) -> Iterator[bytes]:
    """Yield a value with each of its bits flipped, one at a time."""
    for bit in range(8 * len(value)):
        flipped = bytearray(value)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


def flipped_ids(board_id: str) -> list[str]:
    """Return the ids that differ from this one in a bit."""
    texts = [flipped.decode("latin-1") for flipped in flips(board_id.encode())]
    return [text for text in texts if is_board_id(text)]


def test_each_bit_of_a_proof_counts() -> None:
    """A proof is good for one key, one side, one board and one connection."""
    key, role, board_id, hub_nonce, board_nonce = KEY, Role.BOARD, "esp32", ONE, OTHER
    good = proof(key, role, board_id, hub_nonce, board_nonce)
    assert is_proof(good, key, role, board_id, hub_nonce, board_nonce)
    others = [
        *((flip, role, board_id, hub_nonce, board_nonce) for flip in flips(key)),
        (key, Role.HUB, board_id, hub_nonce, board_nonce),
        *((key, role, x, hub_nonce, board_nonce) for x in flipped_ids(board_id)),
        *((key, role, board_id, flip, board_nonce) for flip in flips(hub_nonce)),
        *((key, role, board_id, hub_nonce, flip) for flip in flips(board_nonce)),
        (key, role, board_id, board_nonce, hub_nonce),
        (key, role, f"{board_id}-", hub_nonce, board_nonce),
    ]
    assert len(others) > 256 + 1 + 10 + 128 + 128
    for other in others:
        assert not is_proof(good, *other)
    assert len({good, *(proof(*other) for other in others)}) == len(others) + 1
    for flip in flips(bytes.fromhex(good)):
        assert not is_proof(flip.hex(), key, role, board_id, hub_nonce, board_nonce)


@pytest.mark.parametrize(("role", "other"), [("board", "hub"), ("hub", "board")])
def test_reflection(role: str, other: str) -> None:
    """What one side has said is refused when it is sent back to it."""
    said = proof(KEY, Role(role), "esp32", ONE, OTHER)
    assert not is_proof(said, KEY, Role(other), "esp32", ONE, OTHER)
    # The same when an attacker repeats the nonce of the side that it talks to.
    said = proof(KEY, Role(role), "esp32", ONE, ONE)
    assert not is_proof(said, KEY, Role(other), "esp32", ONE, ONE)
    vouched = vouch(SECRET, Role(role), KEY)
    assert not is_vouch(vouched, SECRET, Role(other), KEY)
    # A proof and a vouch with the same key are not taken for each other.
    assert not is_vouch(said, KEY, Role(role), KEY)


def test_constant_time() -> None:
    """Nothing that is secret is compared byte by byte until it differs."""
    good = proof(KEY, Role.BOARD, "esp32", ONE, OTHER)
    vouched = vouch(SECRET, Role.HUB, KEY)
    compare = patch("hmac.compare_digest", wraps=hmac.compare_digest)
    with compare as compared:
        assert is_proof(good, KEY, Role.BOARD, "esp32", ONE, OTHER)
        assert compared.call_count == 1
        assert is_vouch(vouched, SECRET, Role.HUB, KEY)
        assert compared.call_count == 2


HUB_KEY: Final = X25519PrivateKey.from_private_bytes(sha256(b"hub"))
BOARD_KEY: Final = X25519PrivateKey.from_private_bytes(sha256(b"board"))
BOARD_PUBLIC: Final = BOARD_KEY.public_key().public_bytes_raw()


def pair(commit: bytes, board_id: str = "esp32") -> HubPairing:
    """Begin a pairing of a hub whose key and nonce are known."""
    return HubPairing(board_id, commit, HUB_KEY, ONE)


def test_each_bit_of_a_pairing_counts() -> None:
    """Both sides agree only on what both have seen."""
    hub_public = HUB_KEY.public_key().public_bytes_raw()
    good = pair(commitment(BOARD_PUBLIC, OTHER)).finish(BOARD_PUBLIC, OTHER)
    exchanges = [
        *((x, hub_public, BOARD_PUBLIC, ONE, OTHER) for x in flipped_ids("esp32")),
        ("esp32-", hub_public, BOARD_PUBLIC, ONE, OTHER),
        *(("esp32", flip, BOARD_PUBLIC, ONE, OTHER) for flip in flips(hub_public)),
        *(("esp32", hub_public, flip, ONE, OTHER) for flip in flips(BOARD_PUBLIC)),
        *(("esp32", hub_public, BOARD_PUBLIC, flip, OTHER) for flip in flips(ONE)),
        *(("esp32", hub_public, BOARD_PUBLIC, ONE, flip) for flip in flips(OTHER)),
        ("esp32", BOARD_PUBLIC, hub_public, ONE, OTHER),
        ("esp32", hub_public, BOARD_PUBLIC, OTHER, ONE),
    ]
    # The shared secret is the same here: the transcript alone makes the difference.
    agreements = [
        good,
        *(agree(HUB_KEY, BOARD_PUBLIC, transcript(*given)) for given in exchanges),
    ]
    assert len(exchanges) > 2 * 256 + 2 * 128
    assert len({one.key for one in agreements}) == len(agreements)
    assert len({one.transcript for one in agreements}) == len(agreements)
    assert all(one.code != good.code for one in agreements[1:])
    # And the same transcript with another shared secret is another key.
    other = agree(BOARD_KEY, BOARD_PUBLIC, good.transcript)
    assert other.key != good.key


def test_the_commitment_binds() -> None:
    """What a board reveals is what it had before it saw the hub's part."""
    commit = commitment(BOARD_PUBLIC, OTHER)
    for flip in flips(commit):
        with pytest.raises(PairingError, match="do not fit"):
            pair(flip).finish(BOARD_PUBLIC, OTHER)
    for flip in flips(BOARD_PUBLIC):
        assert commitment(flip, OTHER) != commit
        with pytest.raises(PairingError, match="do not fit"):
            pair(commit).finish(flip, OTHER)
    for flip in flips(OTHER):
        assert commitment(BOARD_PUBLIC, flip) != commit
        with pytest.raises(PairingError, match="do not fit"):
            pair(commit).finish(BOARD_PUBLIC, flip)
    # A byte cannot be moved from the key to the nonce.
    with pytest.raises(PairingError):
        pair(commit).finish(BOARD_PUBLIC[:-1], BOARD_PUBLIC[-1:] + OTHER)


def test_man_in_the_middle() -> None:
    """One who pairs with both sides has other codes and keys on each."""
    towards_hub = X25519PrivateKey.from_private_bytes(sha256(b"mallory as board"))
    towards_board = X25519PrivateKey.from_private_bytes(sha256(b"mallory as hub"))
    as_board = towards_hub.public_key().public_bytes_raw()
    as_hub = towards_board.public_key().public_bytes_raw()

    # The nonces are passed on: this is as alike as an attacker can make them.
    hub = pair(commitment(as_board, OTHER))
    at_hub = hub.finish(as_board, OTHER)
    seen_by_board = transcript("esp32", as_hub, BOARD_PUBLIC, hub.nonce, OTHER)
    at_board = agree(BOARD_KEY, as_hub, seen_by_board)

    # The attacker does share a key with each of them, so it is the codes that tell.
    assert at_hub == agree(towards_hub, hub.public_key, at_hub.transcript)
    assert at_board == agree(towards_board, BOARD_PUBLIC, seen_by_board)
    assert at_hub.code != at_board.code
    assert at_hub.key != at_board.key

    # Nor can one without the secret make use of a vouch.
    for role in Role:
        vouched = vouch(SECRET, role, at_board.transcript)
        assert not is_vouch(vouched, SECRET, role, at_hub.transcript)

    # One who passes the commitment on cannot reveal a key of its own instead.
    with pytest.raises(PairingError, match="do not fit"):
        pair(commitment(BOARD_PUBLIC, OTHER)).finish(as_board, OTHER)


def test_each_bit_of_a_vouch_counts() -> None:
    """A vouch is good for one secret, one side and one pairing."""
    good = vouch(SECRET, Role.HUB, KEY)
    assert is_vouch(good, SECRET, Role.HUB, KEY)
    others = [
        *((flip, Role.HUB, KEY) for flip in flips(SECRET)),
        (SECRET, Role.BOARD, KEY),
        *((SECRET, Role.HUB, flip) for flip in flips(KEY)),
    ]
    for other in others:
        assert not is_vouch(good, *other)
    assert len({good, *(vouch(*other) for other in others)}) == len(others) + 1
    for flip in flips(bytes.fromhex(good)):
        assert not is_vouch(flip.hex(), SECRET, Role.HUB, KEY)


# What is fresh, and what is secret.


def test_pairings_are_fresh() -> None:
    """No pairing has a key or a nonce of another."""
    hubs = [HubPairing("esp32", commitment(BOARD_PUBLIC, OTHER)) for _ in range(20)]
    assert len({hub.public_key for hub in hubs}) == len(hubs)
    assert len({hub.nonce for hub in hubs}) == len(hubs)
    for hub in hubs:
        assert (len(hub.public_key), len(hub.nonce)) == (32, 16)
        exchanged = transcript("esp32", hub.public_key, BOARD_PUBLIC, hub.nonce, OTHER)
        board = agree(BOARD_KEY, hub.public_key, exchanged)
        assert hub.finish(BOARD_PUBLIC, OTHER) == board


def test_new_secrets() -> None:
    """A secret has 26 of 32 characters that cannot be mixed up, and is never twice."""
    made = [new_secret() for _ in range(200)]
    assert len(set(made)) == len(made)
    assert set().union(*made) == set("abcdefghijkmnpqrstuvwxyz23456789")
    for secret in made:
        assert len(secret) == 26
        assert secret_bytes(secret) == secret.encode()
        grouped = "-".join(secret[i : i + 5] for i in range(0, 26, 5))
        assert secret_bytes(f" {grouped.upper()} ") == secret.encode()
        assert vouch(secret_bytes(grouped), Role.BOARD, KEY) == vouch(
            secret.encode(), Role.BOARD, KEY
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 25,
        "a" * 27,
        "a" * 25 + "l",
        "a" * 25 + "o",
        "a" * 25 + "0",
        "a" * 25 + "1",
        "a" * 25 + "_",
        "a" * 25 + "?",
        "a" * 26 + "\n",
        "a" * 25 + "ä",
        "a" * 25 + "\u212a",  # a sign for kelvin, which is a small k to Python
        "a" * 25 + "\uff41",
        "a" * 25 + "\ud800",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    """A secret that was cut off or mistyped is refused, and not shown."""
    with pytest.raises(ValueError, match="This is no enrolment secret") as caught:
        secret_bytes(text)
    assert not text or text[:20] not in repr(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_nothing_secret_is_shown() -> None:
    """Neither what was agreed on nor a pairing tells its secrets in a log."""
    hub = pair(commitment(BOARD_PUBLIC, OTHER))
    agreement = hub.finish(BOARD_PUBLIC, OTHER)
    private_key = sha256(b"hub")
    shared = x25519(private_key, BOARD_PUBLIC)
    assert repr(agreement) == "Agreement()"
    for shown in (
        repr(agreement),
        f"{agreement}",
        f"{[agreement]}",
        repr(hub),
        f"{hub}",
        repr(hub.finish),
    ):
        assert agreement.code not in shown
        for secret in (agreement.key, agreement.transcript, private_key, shared):
            assert secret.hex() not in shown.lower()
            assert repr(secret)[2:-1] not in shown
    with pytest.raises(PairingError) as caught:
        hub.finish(BOARD_PUBLIC, ONE)
    assert not re.search("[0-9a-f]{8}", repr(caught.value))
    with pytest.raises(PairingError) as caught:
        agree(HUB_KEY, bytes(32), KEY)
    assert not re.search("[0-9a-f]{8}", repr(caught.value))


def test_agreements_cannot_be_changed() -> None:
    """A key and the code that it was compared by stay together."""
    agreement = Agreement(key=KEY, code="000000", transcript=KEY)
    with pytest.raises(AttributeError):
        agreement.code = "111111"  # type: ignore[misc]
