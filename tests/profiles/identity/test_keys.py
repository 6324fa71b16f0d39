"""Pseudonyms are keyed and separated; what is sealed opens for its owner, field and key alone."""

import hashlib
import hmac

import pytest

from profiles.errors import KeyMaterialError
from profiles.identity.keys import (
    DEMO_PSEUDONYM_KEY,
    DEMO_VAULT_KEY,
    Keys,
    added,
    open_sealed,
    pseudonym,
    rotated,
    seal,
)

A = hashlib.sha256(b"a").hexdigest()
B = hashlib.sha256(b"b").hexdigest()
C = hashlib.sha256(b"c").hexdigest()
KEYS = Keys.from_hex(A, B, "k1")
RING = Keys.from_hex(f"{A}, {C}", B, "k2")
NUMBER = "11010519491231002X"


def test_a_pseudonym_is_the_first_half_of_a_keyed_hash_within_its_domain() -> None:
    message = f"person\x1fresident_id\x1f{NUMBER}".encode()
    assert pseudonym(KEYS, "person", NUMBER) == hmac.new(bytes.fromhex(A), message, hashlib.sha256).hexdigest()[:32]


def test_however_it_is_typed_one_number_has_one_pseudonym() -> None:
    assert pseudonym(KEYS, "person", "110105491231002") == pseudonym(KEYS, "person", " 11010519491231002x")


def test_kinds_schemes_and_keys_separate_pseudonyms() -> None:
    other = Keys.from_hex(B, A, "k2")
    made = {
        pseudonym(KEYS, "person", NUMBER),
        pseudonym(KEYS, "enterprise", NUMBER),
        pseudonym(KEYS, "enterprise", NUMBER, "chicago_premises"),
        pseudonym(KEYS, "enterprise", NUMBER, "chicago_account"),
        pseudonym(other, "person", NUMBER),
    }
    assert len(made) == 5


def test_a_later_key_of_the_ring_hashes_the_pseudonym_before() -> None:
    old = pseudonym(KEYS, "person", NUMBER)
    message = f"rotated\x1f{old}".encode()
    new = hmac.new(bytes.fromhex(C), message, hashlib.sha256).hexdigest()[:32]
    assert pseudonym(RING, "person", NUMBER) == new != old
    assert rotated(added(KEYS, RING), old) == new


def test_a_ring_grows_at_its_end_alone() -> None:
    assert added(KEYS, KEYS) == ()
    for other in (Keys.from_hex(C, B, "k2"), Keys.from_hex(f"{C},{A}", B, "k2")):
        with pytest.raises(KeyMaterialError, match="does not begin with the old one"):
            added(KEYS, other)


def test_what_is_sealed_opens_for_its_owner_and_field() -> None:
    sealed = seal(KEYS, "a" * 32, "address", "黄浦区人民大道200号")
    assert open_sealed(KEYS, "a" * 32, "address", sealed) == "黄浦区人民大道200号"
    assert "黄浦" not in sealed


@pytest.mark.parametrize(("owner", "field"), [("b" * 32, "address"), ("a" * 32, "name")])
def test_it_opens_for_no_other_owner_or_field(owner: str, field: str) -> None:
    with pytest.raises(KeyMaterialError, match="does not open"):
        open_sealed(KEYS, owner, field, seal(KEYS, "a" * 32, "address", "黄浦区"))


def test_it_opens_with_no_other_key_and_not_when_tampered_with() -> None:
    sealed = seal(KEYS, "a" * 32, "name", "王小明")
    with pytest.raises(KeyMaterialError):
        open_sealed(Keys.from_hex(B, A, "k1"), "a" * 32, "name", sealed)
    with pytest.raises(KeyMaterialError):
        open_sealed(KEYS, "a" * 32, "name", sealed[:-4] + "AAA=")
    with pytest.raises(KeyMaterialError):
        open_sealed(KEYS, "a" * 32, "name", "not base64")


def test_sealing_again_gives_the_same_text_and_other_text_another_vector() -> None:
    one, again = (seal(KEYS, "a" * 32, "name", "王小明") for _ in range(2))
    assert one == again
    assert seal(KEYS, "a" * 32, "name", "王小亮")[:16] != one[:16]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("", B, "pseudonym_key is not set"),
        (A, "12", "vault_key has 1 bytes instead of 32"),
        ("z" * 64, B, "pseudonym_key is not written in hex"),
        ("00" * 32, B, "pseudonym_key is not random"),
        (A, A, "are the same"),
        (f"{A},{B}", B, "are the same"),
        (f"{A},{A}", B, "names a key twice"),
        (f"{A},", B, "pseudonym_key is not set"),
        (f"{A},{DEMO_PSEUDONYM_KEY}", B, "demo's keys are public"),
        (DEMO_PSEUDONYM_KEY, B, "demo's keys are public"),
        (A, DEMO_VAULT_KEY, "demo's keys are public"),
    ],
)
def test_weak_keys_are_refused_with_a_sentence_that_quotes_none(first: str, second: str, said: str) -> None:
    with pytest.raises(KeyMaterialError, match=said) as error:
        Keys.from_hex(first, second, "k1")
    assert not any(key in str(error.value) for key in (first, second) if key)


def test_the_demo_runs_with_public_keys() -> None:
    assert Keys.from_hex(DEMO_PSEUDONYM_KEY, DEMO_VAULT_KEY, "demo", demo=True) == Keys.for_demo()


def test_keys_do_not_show_when_printed() -> None:
    assert repr(KEYS) == "Keys(key_id='k1')"
