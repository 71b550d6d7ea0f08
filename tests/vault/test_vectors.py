"""Known answers: the files in vectors/ and a second implementation agree with the vault, byte for byte."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.ids import INSTALLATION
from tests.vault import independent
from vault import suites
from vault.blind_index import email_index, normalise_email
from vault.errors import VaultError
from vault.keyring import Keyring
from vault.padding import pad, unpad
from vault.planes import Plane
from vault.roots import roots
from vault.unsealer import unsealer

FOLDER = Path(__file__).parent / "vectors"
SUITE_OF = {1: suites.XCHACHA20_POLY1305, 2: suites.AES_256_GCM}
NUMBERS = st.sampled_from([1, 2])
KEYS, KEY_IDS, NONCES = (st.binary(min_size=size, max_size=size) for size in (32, 8, 24))


def vectors(pattern: str) -> Any:
    cases = [case for path in sorted(FOLDER.glob(pattern)) for case in json.loads(path.read_text())]
    return pytest.mark.parametrize("vector", cases, ids=[case["case"] for case in cases])


def raw(vector: dict[str, str], *names: str) -> list[bytes]:
    return [bytes.fromhex(vector[name]) for name in names]


@vectors("suite-*.json")
def test_both_implementations_open_the_vector(vector: dict[str, str]) -> None:
    key, associated, plaintext, record = raw(vector, "key", "associated", "plaintext", "record")
    assert suites.unseal(suites.keyed(key), associated, record) == plaintext
    assert independent.unseal(key, associated, record) == plaintext
    assert suites.key_id_of(record).hex() == vector["key_id"]


@vectors("suite-*.json")
def test_sealing_with_the_vectors_nonce_gives_its_record(
    vector: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, key_id, nonce, associated, plaintext = raw(vector, "key", "key_id", "nonce", "associated", "plaintext")
    suite = SUITE_OF[bytes.fromhex(vector["record"])[3]]
    monkeypatch.setattr(os, "urandom", lambda size: nonce)
    assert suites.seal(suites.keyed(key), key_id, associated, plaintext, suite).hex() == vector["record"]


@vectors("suite-*.json")
def test_the_vector_opens_under_no_other_key_and_in_no_other_place(vector: dict[str, str]) -> None:
    key, associated, record = raw(vector, "key", "associated", "record")
    other = bytes([key[0] ^ 1]) + key[1:]
    with pytest.raises(VaultError, match="wrong-key"):
        suites.unseal(suites.keyed(other), associated, record)
    with pytest.raises(VaultError, match="tampered"):
        suites.unseal(suites.keyed(key), associated + b"\x00", record)


@vectors("commitment.json")
def test_subkey_and_commitment_are_derived_as_the_vector_says(vector: dict[str, Any]) -> None:
    key, nonce, subkey, commitment = raw(vector, "key", "nonce", "subkey", "commitment")
    assert independent.derive(vector["suite"], key, nonce) == (subkey, commitment)
    # A record that carries this commitment is refused for its tag; with any other it would be for its key.
    header = b"LC\x01" + bytes([vector["suite"]]) + bytes(8)
    with pytest.raises(VaultError, match="tampered"):
        suites.unseal(suites.keyed(key), b"", header + nonce + commitment + bytes(16))


@vectors("padding.json")
def test_padding_is_what_the_vector_says(vector: dict[str, Any]) -> None:
    value, padded = raw(vector, "value", "padded")
    assert pad(value, vector["bucket"]) == padded == independent.pad(value, vector["bucket"])
    assert unpad(padded) == value


@vectors("blind-index.json")
def test_an_address_is_normalised_and_indexed_as_the_vector_says(vector: dict[str, str]) -> None:
    (key,) = raw(vector, "key")
    assert normalise_email(vector["address"]) == vector["normalised"]
    assert email_index(key, vector["address"]).hex() == vector["index"]
    assert independent.index(key, vector["normalised"]).hex() == vector["index"]


@pytest.mark.django_db
def test_a_sign_in_address_is_indexed_under_the_installations_index_key() -> None:
    key = Keyring(roots()).sealing(INSTALLATION, Plane.INDEX).secret
    (index,) = unsealer().index_email("Zoe@Example.com")
    assert index.value == independent.index(key, "zoe@example.com")


@settings(max_examples=60)
@given(NUMBERS, KEYS, KEY_IDS, st.binary(max_size=80), st.binary(max_size=200))
def test_the_other_implementation_opens_ours(
    number: int, key: bytes, key_id: bytes, associated: bytes, plaintext: bytes
) -> None:
    record = suites.seal(suites.keyed(key), key_id, associated, plaintext, SUITE_OF[number])
    assert independent.unseal(key, associated, record) == plaintext


@settings(max_examples=60)
@given(NUMBERS, KEYS, KEY_IDS, NONCES, st.binary(max_size=80), st.binary(max_size=200))
def test_ours_opens_the_other_implementations(
    number: int, key: bytes, key_id: bytes, nonce: bytes, associated: bytes, plaintext: bytes
) -> None:
    record = independent.seal(number, key, key_id, nonce, associated, plaintext)
    assert suites.unseal(suites.keyed(key), associated, record) == plaintext


@settings(max_examples=60)
@given(st.binary(max_size=100), st.integers(1, 64))
def test_both_pad_alike(value: bytes, bucket: int) -> None:
    assert pad(value, bucket) == independent.pad(value, bucket)


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=20), max_size=5))
def test_both_associate_alike(parts: list[bytes]) -> None:
    assert suites.associate(*parts) == independent.associate(*parts)
