"""What the tests of the boards' cryptography compare with, as a C++ header.

The vectors that every client is tested with, those of the RFCs, and what other
implementations (Python's own, and the one that the integration uses) make of further
numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
import hashlib
import hmac
import json
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)

VECTORS: Final = Path(__file__).parent.parent / "vectors" / "auth.json"

type Case = dict[str, str]

P: Final = 2**255 - 19
A24: Final = 121665
WHOLE: Final = 2**256

# RFC 4231, sections 4.2 to 4.8: key, data, and HMAC-SHA-256.
RFC_4231: Final = (
    (
        b"\x0b" * 20,
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    # Truncated to 128 bits.
    (b"\x0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        b"\xaa" * 131,
        (
            b"This is a test using a larger than block-size key and a larger than "
            b"block-size data. The key needs to be hashed before being used by the "
            b"HMAC algorithm."
        ),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
)

SECRET: Final = "wyjxtkn2qkm988k4c49mmkrrjn"
ALPHABET: Final = b"abcdefghijkmnpqrstuvwxyz23456789"


def random_bytes(name: str, size: int = 32) -> bytes:
    """Return bytes that look random, and are the same on every run."""
    return hashlib.shake_128(name.encode()).digest(size)


def sha256_cases() -> Iterator[Case]:
    """Messages that end at every place in a block, and the next two."""
    for size in (*range(131), 1000):
        message = random_bytes(f"message {size}", size)
        yield {
            "name": f"{size} bytes",
            "message": message.hex(),
            "digest": hashlib.sha256(message).hexdigest(),
        }
    # FIPS 180-2, appendix B.1.
    yield {
        "name": "abc",
        "message": b"abc".hex(),
        "digest": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }


def hmac_cases() -> Iterator[Case]:
    """RFC 4231's cases, and keys about as long as a block."""
    for number, (key, message, digest) in enumerate(RFC_4231, 1):
        yield {
            "name": f"RFC 4231, test case {number}",
            "key": key.hex(),
            "message": message.hex(),
            "digest": digest,
        }
    for size in (0, 1, 26, 32, 63, 64, 65, 128):
        key = random_bytes(f"key {size}", size)
        for length in (0, 1, 55, 56, 64, 200):
            message = random_bytes(f"message {length}", length)
            yield {
                "name": f"key of {size} bytes, {length} bytes",
                "key": key.hex(),
                "message": message.hex(),
                "digest": hmac.digest(key, message, "sha256").hex(),
            }


def x25519_cases() -> Iterator[Case]:
    """Keys, some at the edges, and what the integration's own library makes of them."""
    publics = [random_bytes(f"public {number}") for number in range(12)]
    # Some of these are above p, some have a bit that does not count.
    publics += [number.to_bytes(32, "little") for number in (2, 9, P - 2, P + 2, P + 9)]
    publics += [b"\xff" * 32, b"\xff" * 31 + b"\x7f"]
    privates = [random_bytes(f"private {number}") for number in range(len(publics))]
    privates[-4:] = [b"\x00" * 32, b"\xff" * 32, b"\x07" + b"\x00" * 31, b"\x55" * 32]
    for number, (private, public) in enumerate(zip(privates, publics, strict=True)):
        key = X25519PrivateKey.from_private_bytes(private)
        yield {
            "name": f"another library's, {number}",
            "private_key": private.hex(),
            "public_key": public.hex(),
            "shared_secret": key.exchange(
                X25519PublicKey.from_public_bytes(public)
            ).hex(),
        }


def public_key_cases(vectors: Sequence[Case]) -> Iterator[Case]:
    """RFC 7748's, section 6.1, and some of the other library's."""
    alice, bob = (
        next(case for case in vectors if case["name"].endswith(name))
        for name in ("Alice", "Bob")
    )
    # The public key in either case is the other's.
    for one, other in ((alice, bob), (bob, alice)):
        yield {
            "name": one["name"],
            "private_key": one["private_key"],
            "public_key": other["public_key"],
        }
    for private in (b"\x00" * 32, b"\xff" * 32, random_bytes("private")):
        key = X25519PrivateKey.from_private_bytes(private)
        yield {
            "name": private.hex(),
            "private_key": private.hex(),
            "public_key": key.public_key().public_bytes_raw().hex(),
        }


def twice_over() -> Iterator[tuple[int, int]]:
    """Factors whose product goes over 2^256 once more when 38 times the rest is added.

    The lowest limb is so high then that the last 38 go over it, into the next one. A
    random product does so once in 2^240 times.
    """
    # 16 bits times a number: q * 2^256 goes over, and r is left.
    found = 0
    for q in range(1800, 65000):
        for lowest in range(0x10000 - 38, 0x10000):
            wanted = (q + 1) * WHOLE - 38 * q + lowest
            if 38 * q > lowest and wanted % 65521 == 0 and wanted // 65521 < WHOLE:
                found += 1
                yield wanted // 65521, 65521
        if found >= 5:
            return


def twice_over_a24() -> Iterator[int]:
    """Factors like that for the product with a24, whose highest limb goes over alone."""
    found = 0
    for highest in range(0x8000, 0x10000):
        known = 56129 * (highest << 240) + 38 * highest
        q = known // WHOLE + 1
        for lowest in range(0x10000 - 38, 0x10000):
            wanted = (q + 1) * WHOLE - 38 * q + lowest - known
            rest = wanted // A24
            if wanted % A24 == 0 and 0 <= rest < 2**240:
                found += 1
                yield (highest << 240) + rest
        if found >= 5:
            return


def field_cases() -> Iterator[Case]:
    """Numbers below 2^256, that are at the edges of limbs and of p, and others."""
    edges = [0, 1, 2, 18, 19, 20, 37, 38, 39, 0xFFFF, 0x10000, 0xFFFF << 240, 1 << 255]
    edges += [P - 1, P, P + 1, P + 18, 2 * P - 1, 2 * P, 2 * P + 1]
    edges += [2**255 - 1, 2**255 + 18, WHOLE - 39, WHOLE - 38, WHOLE - 1]
    edges += [sum(0xFFFF << 32 * limb for limb in range(8))]
    pairs = [(one, other) for one in edges for other in edges]
    numbers = [
        int.from_bytes(random_bytes(f"number {number}"), "little")
        for number in range(40)
    ]
    pairs += zip(numbers, reversed(numbers), strict=True)
    special = [*twice_over()]
    special += [(one, 1) for one in twice_over_a24()]
    assert len(special) >= 10
    for one, other in pairs + special:
        yield {
            "name": f"{one:x}, {other:x}",
            "one": one.to_bytes(32, "little").hex(),
            "other": other.to_bytes(32, "little").hex(),
            "reduced": _element(one),
            "sum": _element(one + other),
            "difference": _element(one - other),
            "product": _element(one * other),
            "times_a24": _element(one * A24),
        }


def _element(number: int) -> str:
    return (number % P).to_bytes(32, "little").hex()


def bad_secret_cases() -> Iterator[Case]:
    """Texts that are no enrolment secret, in hex."""
    texts = [b"", b" ", b"-" * 26, SECRET[:25].encode(), SECRET.encode() + b"a"]
    texts += [SECRET.encode() * 2, SECRET[:25].encode() + b" "]
    texts += [SECRET[:13].encode() + "–".encode() + SECRET[13:].encode()]
    good = {*ALPHABET, *ALPHABET.upper(), *b" -", 0}
    for place in (0, 12, 25):
        for byte in {*range(256)} - good:
            text = SECRET.encode()
            texts.append(text[:place] + bytes((byte,)) + text[place + 1 :])
            texts.append(text[:place] + bytes((byte,)) + text[place:])
    for text in texts:
        yield {"name": repr(text).replace('"', "'"), "text": text.hex()}


def secret_cases() -> Iterator[Case]:
    """Every character that a secret can have, in capitals or not."""
    for text in (
        ALPHABET[:26],
        ALPHABET[6:],
        ALPHABET[:26].upper(),
        ALPHABET[6:].upper(),
    ):
        yield {
            "name": text.decode(),
            "text": text.decode(),
            "secret": text.lower().hex(),
        }


def board_id_cases() -> Iterator[Case]:
    """Ids that are good, and some that are not, in hex."""
    good = [b"a", b"0", b"_", b"-", b"a" * 32, b"abcdefghijklmnopqrstuvwxyz012345"]
    bad = [b"", b"a" * 33, b"a" * 300, b"A", b"a b", b"a\n", "ä".encode()]
    allowed = b"abcdefghijklmnopqrstuvwxyz0123456789_-"
    for byte in range(1, 256):
        (good if byte in allowed else bad).append(b"x" + bytes((byte,)))
    for ids, answer in ((good, "yes"), (bad, "no")):
        for text in ids:
            name = repr(text).replace('"', "'")
            yield {"name": name, "id": text.hex(), "good": answer}


def header() -> str:
    """Return all cases as constants: a struct and an array for each list."""
    vectors: dict[str, list[Case]] = json.loads(VECTORS.read_text(encoding="ascii"))
    lists: dict[str, Iterable[Case]] = {
        **vectors,
        "x25519": [*vectors["x25519"], *x25519_cases()],
        "secret": [*vectors["secret"], *secret_cases()],
        "sha256": sha256_cases(),
        "hmac": hmac_cases(),
        "public_key": public_key_cases(vectors["x25519"]),
        "field": field_cases(),
        "bad_secret": bad_secret_cases(),
        "board_id": board_id_cases(),
    }
    lines: list[str] = []
    for name, given in lists.items():
        cases = [*given]
        members = list(cases[0])
        assert all(list(case) == members for case in cases)
        upper = "".join(word.capitalize() for word in name.split("_"))
        lines += [
            f"struct {upper}Case {{",
            *(f"  const char *{member};" for member in members),
            "};",
            f"const {upper}Case {upper[0].lower()}{upper[1:]}Cases[] = {{",
            # A text in JSON is one in C++ too, as long as it is ASCII.
            *(f"  {{{', '.join(map(json.dumps, case.values()))}}}," for case in cases),
            "};",
        ]
    return "\n".join(lines) + "\n"
