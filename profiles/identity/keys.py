"""Turns identity numbers into keyed pseudonyms and seals what only its owner may read; it never stores or logs either.

The one door to HMAC and to AES-GCM. ``columns`` computes the same in Spark.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from profiles.errors import KeyMaterialError
from profiles.identity.numbers import STANDARD_SCHEME, Kind, normalise

SEPARATOR = "\x1f"
ROTATED = "rotated" + SEPARATOR  # what a later key of the ring hashes: this and the 32 digits before
KEY_BYTES = 32
IV_BYTES = 12

# Public on purpose: with these the demo runs, and everything else refuses them.
DEMO_PSEUDONYM_KEY = hashlib.sha256(b"yidang demo: pseudonyms").hexdigest()
DEMO_VAULT_KEY = hashlib.sha256(b"yidang demo: vault").hexdigest()


@dataclass(frozen=True)
class Keys:
    """The secrets of a deployment, 32 bytes each, and the name under which they are kept.

    ``pseudonym`` is a ring, oldest key first. A number's pseudonym is hashed with each key in turn, so a rotation adds
    a key and finds every new pseudonym from the old one, without any number; the whole is as strong as its newest key.
    """

    pseudonym: tuple[bytes, ...] = field(repr=False)
    vault: bytes = field(repr=False)
    key_id: str

    @classmethod
    def from_hex(cls, pseudonym: str, vault: str, key_id: str, *, demo: bool = False) -> "Keys":
        """Keys from texts of 64 hex digits; those of the ring by commas, oldest first.

        Raises:
            KeyMaterialError: one is missing, short, not hex or plainly not random; two are the same; or the
                newest or the vault's is the demo's and ``demo`` is False. The message never quotes a key.
        """
        ring = tuple(_key("pseudonym_key", one.strip()) for one in pseudonym.split(","))
        keys = cls(ring, _key("vault_key", vault), key_id)
        if keys.vault in ring:
            raise KeyMaterialError("pseudonym_key and vault_key are the same; make two: `openssl rand -hex 32` twice.")
        if len(set(ring)) < len(ring):
            raise KeyMaterialError("pseudonym_key names a key twice; add a new one with `openssl rand -hex 32`.")
        demos = {bytes.fromhex(DEMO_PSEUDONYM_KEY), bytes.fromhex(DEMO_VAULT_KEY)}
        if not demo and demos & {ring[-1], keys.vault}:
            raise KeyMaterialError(
                "The demo's keys are public and refused here; make your own: `openssl rand -hex 32` twice, into "
                "YIDANG_PSEUDONYM_KEY and YIDANG_VAULT_KEY."
            )
        return keys

    @classmethod
    def for_demo(cls) -> "Keys":
        """The demo's public keys."""
        return cls.from_hex(DEMO_PSEUDONYM_KEY, DEMO_VAULT_KEY, "demo", demo=True)

    @property
    def fingerprint(self) -> str:
        """16 hex digits that tell these secrets from others and give neither away."""
        return hmac.digest(self.vault, b"yidang fingerprint" + b"".join(self.pseudonym), "sha256")[:8].hex()

    @property
    def iv(self) -> bytes:
        """The key of the initialisation vectors, derived so that the vault's key has one use."""
        return hmac.digest(self.vault, b"yidang iv", "sha256")


def pseudonym(keys: Keys, kind: Kind, number: str, scheme: str | None = None) -> str:
    """32 hex digits that stand for the holder of ``number``: the first 128 bits of HMAC-SHA256, one domain per kind
    and scheme, then again with each later key of the ring. The number is normalised, not checked.

    >>> len(pseudonym(Keys.for_demo(), "person", "11010519491231002X"))
    32
    """
    message = SEPARATOR.join((kind, scheme or STANDARD_SCHEME[kind], normalise(kind, number, scheme)))
    first, *later = keys.pseudonym
    return rotated(later, _hmac_half(first, message))


def rotated(later: Sequence[bytes], old: str) -> str:
    """The pseudonym under a ring with the keys ``later`` at its end, from the one under the ring without them.

    >>> keys = Keys.for_demo()
    >>> longer = Keys((*keys.pseudonym, b"1" * 32), keys.vault, "k2")
    >>> number = "11010519491231002X"
    >>> rotated([b"1" * 32], pseudonym(keys, "person", number)) == pseudonym(longer, "person", number)
    True
    """
    for key in later:
        old = _hmac_half(key, ROTATED + old)
    return old


def added(old: Keys, new: Keys) -> tuple[bytes, ...]:
    """The keys that the ring of ``new`` has after those of ``old``; none where only the vault's key is another.

    Raises:
        KeyMaterialError: the new ring does not begin with the old one.
    """
    held = len(old.pseudonym)
    if new.pseudonym[:held] != old.pseudonym:
        raise KeyMaterialError(
            "The new pseudonym_key does not begin with the old one: write the old keys, a comma, and one key more "
            "(`openssl rand -hex 32`)."
        )
    return new.pseudonym[held:]


def seal(keys: Keys, owner: str, name: str, text: str) -> str:
    """``text`` encrypted (AES-256-GCM) for the subject ``owner`` as the field ``name``: base64 of iv, ciphertext, tag.

    The same text sealed for the same owner and field gives the same result, so that tables can be compared; the
    vector is keyed by owner, field and text, so it repeats for no two different messages.

    >>> open_sealed(Keys.for_demo(), "a" * 32, "name", seal(Keys.for_demo(), "a" * 32, "name", "王小明"))
    '王小明'
    """
    iv = hmac.digest(keys.iv, SEPARATOR.join((owner, name, text)).encode(), "sha256")[:IV_BYTES]
    return base64.b64encode(iv + AESGCM(keys.vault).encrypt(iv, text.encode(), _bound(owner, name))).decode()


def open_sealed(keys: Keys, owner: str, name: str, sealed: str) -> str:
    """The text that ``seal`` hid.

    Raises:
        KeyMaterialError: it was sealed with another key, for another owner or field, or was tampered with.
    """
    try:
        whole = base64.b64decode(sealed, validate=True)
        return AESGCM(keys.vault).decrypt(whole[:IV_BYTES], whole[IV_BYTES:], _bound(owner, name)).decode()
    except (InvalidTag, ValueError):
        raise KeyMaterialError(
            f"A sealed {name} does not open: it was sealed with another vault key, or for another owner or field. "
            "Check YIDANG_VAULT_KEY, or run the gate again."
        ) from None


def _hmac_half(key: bytes, message: str) -> str:
    return hmac.digest(key, message.encode(), "sha256")[:16].hex()


def _bound(owner: str, name: str) -> bytes:
    return SEPARATOR.join((owner, name)).encode()


def _key(name: str, text: str) -> bytes:
    make = f"Make one with `openssl rand -hex 32` and set YIDANG_{name.upper()}."
    if not text:
        raise KeyMaterialError(f"{name} is not set. {make}")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise KeyMaterialError(f"{name} is not written in hex digits. {make}") from None
    if len(key) != KEY_BYTES:
        raise KeyMaterialError(f"{name} has {len(key)} bytes instead of {KEY_BYTES}. {make}")
    if len(set(key)) < 8:
        raise KeyMaterialError(f"{name} is not random. {make}")
    return key
