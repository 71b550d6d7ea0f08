"""Key commitment: a ciphertext that the bare cipher opens under two keys opens under the committed one alone."""

import pytest
from Crypto.Cipher import AES, ChaCha20_Poly1305

from tests.vault import independent
from tests.vault.partitioning import gcm_for_two, poly1305_for_two
from vault import suites
from vault.errors import VaultError

ONE, OTHER, KEY_ID, NONCE = b"1" * 32, b"2" * 32, b"key-id-8", bytes(range(24))
PLACE = suites.associate("plane", "table", "column")
SUITES = pytest.mark.parametrize("suite", [1, 2])


def for_two(suite: int) -> tuple[bytes, bytes]:
    """Return ciphertext and tag under the subkeys of both keys, and the header they are bound to."""
    header = b"LC\x01" + bytes([suite]) + KEY_ID
    subkeys = [independent.derive(suite, key, NONCE)[0] for key in (ONE, OTHER)]
    if suite == 1:
        return poly1305_for_two(*subkeys, NONCE, header + PLACE), header
    return gcm_for_two(*subkeys, bytes(12), header + PLACE), header


def record(suite: int, committed: bytes) -> bytes:
    ciphertext, header = for_two(suite)
    return header + NONCE + independent.derive(suite, committed, NONCE)[1] + ciphertext


@SUITES
def test_the_bare_cipher_opens_one_ciphertext_under_two_keys(suite: int) -> None:
    ciphertext, header = for_two(suite)
    for key in (ONE, OTHER):
        subkey = independent.derive(suite, key, NONCE)[0]
        cipher = (
            ChaCha20_Poly1305.new(key=subkey, nonce=NONCE)
            if suite == 1
            else AES.new(subkey, AES.MODE_GCM, nonce=bytes(12))
        )
        cipher.update(header + PLACE)
        cipher.decrypt_and_verify(ciphertext[:-16], ciphertext[-16:])


@SUITES
def test_a_record_opens_under_the_key_it_commits_to_alone(suite: int) -> None:
    for committed, foreign in ((ONE, OTHER), (OTHER, ONE)):
        assert suites.unseal(suites.keyed(committed), PLACE, record(suite, committed))
        with pytest.raises(VaultError, match="wrong-key"):
            suites.unseal(suites.keyed(foreign), PLACE, record(suite, committed))


@SUITES
def test_the_commitment_is_compared_before_anything_is_decrypted(suite: int) -> None:
    # Commitment and tag are both wrong. Decryption would have noticed the tag.
    broken = record(suite, ONE)[:-16] + bytes(16)
    with pytest.raises(VaultError, match="tampered"):
        suites.unseal(suites.keyed(ONE), PLACE, broken)
    with pytest.raises(VaultError, match="wrong-key"):
        suites.unseal(suites.keyed(OTHER), PLACE, broken)
