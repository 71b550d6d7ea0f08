"""A second implementation of the record format, to check the vault against.

Written from the description of the format alone, with other libraries: PyCryptodome instead of libsodium and
`cryptography`, PyNaCl's BLAKE2b instead of hashlib's. It imports nothing of the vault. Opening raises ValueError.

    record      "LC" | version 1 | suite | key id (8) | nonce (24) | commitment (32) | ciphertext | tag (16)
    derivation  HMAC-SHA512(data key, "llama-console record " | suite | nonce): subkey (32) | commitment (32)
    suite 1     XChaCha20-Poly1305 under subkey and nonce
    suite 2     AES-256-GCM under subkey and twelve zero bytes
    associated  the first 12 bytes of the record, then what the caller associates
    padding     0x80, then zeros up to a multiple of the bucket
    index       BLAKE2b-128, keyed, personalised "sign-in email", of the normalised address
"""

import hashlib
import hmac
from typing import Any

from Crypto.Cipher import AES, ChaCha20_Poly1305
from nacl.hashlib import blake2b


def derive(suite: int, key: bytes, nonce: bytes) -> tuple[bytes, bytes]:
    mac = hmac.new(key, b"llama-console record " + bytes([suite]) + nonce, hashlib.sha512).digest()
    return mac[:32], mac[32:]


def seal(suite: int, key: bytes, key_id: bytes, nonce: bytes, associated: bytes, plaintext: bytes) -> bytes:
    header = b"LC\x01" + bytes([suite]) + key_id
    subkey, commitment = derive(suite, key, nonce)
    ciphertext, tag = _cipher(suite, subkey, nonce, header + associated).encrypt_and_digest(plaintext)
    return header + nonce + commitment + ciphertext + tag


def unseal(key: bytes, associated: bytes, record: bytes) -> bytes:
    if record[:3] != b"LC\x01" or len(record) < 84:
        raise ValueError("not a record")
    suite, header, nonce = record[3], record[:12], record[12:36]
    subkey, commitment = derive(suite, key, nonce)
    if commitment != record[36:68]:
        raise ValueError("another key")
    return _cipher(suite, subkey, nonce, header + associated).decrypt_and_verify(record[68:-16], record[-16:])


def associate(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def pad(value: bytes, bucket: int) -> bytes:
    padded = value + b"\x80"
    while len(padded) % bucket:
        padded += b"\x00"
    return padded


def index(key: bytes, normalised: str) -> bytes:
    return blake2b(normalised.encode(), digest_size=16, key=key, person=b"sign-in email").digest()


def _cipher(suite: int, subkey: bytes, nonce: bytes, associated: bytes) -> Any:
    if suite == 1:
        cipher: Any = ChaCha20_Poly1305.new(key=subkey, nonce=nonce)
    else:
        cipher = AES.new(subkey, AES.MODE_GCM, nonce=bytes(12))
    cipher.update(associated)
    return cipher
