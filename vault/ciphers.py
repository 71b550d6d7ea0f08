"""The AEADs behind the suites: each encrypts one message under a subkey that no other message has.

`encrypt(subkey, nonce, associated, plaintext)` returns ciphertext and 16-byte tag, `decrypt` takes them and raises
InvalidTag. The subkey has 32 bytes, the nonce 24; neither is checked again here.
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl import bindings  # noqa: F401  initialises libsodium
from nacl._sodium import ffi, lib  # its public functions format an error message a call: 8 µs instead of 3 to open

TAG_SIZE = 16
_NULL = ffi.NULL
Cipher = Callable[[bytes, bytes, bytes, bytes], bytes]

# Safe although it never changes: the record's 24 random bytes are inside the subkey, which encrypts one message alone.
_GCM_NONCE = bytes(12)


def xchacha20_poly1305_encrypt(subkey: bytes, nonce: bytes, associated: bytes, plaintext: bytes) -> bytes:
    ciphertext = bytearray(len(plaintext) + TAG_SIZE)
    lib.crypto_aead_xchacha20poly1305_ietf_encrypt(
        ffi.from_buffer(ciphertext),
        _NULL,
        plaintext,
        len(plaintext),
        associated,
        len(associated),
        _NULL,
        nonce,
        subkey,
    )
    return bytes(ciphertext)


def xchacha20_poly1305_decrypt(subkey: bytes, nonce: bytes, associated: bytes, ciphertext: bytes) -> bytes:
    plaintext, size = bytearray(len(ciphertext) - TAG_SIZE), len(ciphertext)
    failed = lib.crypto_aead_xchacha20poly1305_ietf_decrypt(
        ffi.from_buffer(plaintext), _NULL, _NULL, ciphertext, size, associated, len(associated), nonce, subkey
    )
    if failed:
        raise InvalidTag
    return bytes(plaintext)


def aes_256_gcm_encrypt(subkey: bytes, nonce: bytes, associated: bytes, plaintext: bytes) -> bytes:
    return AESGCM(subkey).encrypt(_GCM_NONCE, plaintext, associated)


def aes_256_gcm_decrypt(subkey: bytes, nonce: bytes, associated: bytes, ciphertext: bytes) -> bytes:
    return AESGCM(subkey).decrypt(_GCM_NONCE, ciphertext, associated)
