"""One ciphertext for two keys: what neither XChaCha20-Poly1305 nor AES-GCM excludes and the commitment has to.

Both tags are polynomials over a field, so a ciphertext block can be solved for: with it, the tags under two subkeys
are equal. Whoever may send such ciphertexts learns by each answer which half of the keys to look in, the partitioning
oracle of Len, Grubbs and Ristenpart (USENIX Security 2021).
"""

from Crypto.Cipher import AES, ChaCha20

P1305 = 2**130 - 5


def gcm_for_two(one: bytes, other: bytes, nonce: bytes, associated: bytes) -> bytes:
    """Return 16 bytes of ciphertext and their tag, valid under both 32-byte keys."""
    h = [_gf(AES.new(key, AES.MODE_ECB).encrypt(bytes(16))) for key in (one, other)]
    mask = [_gf(AES.new(key, AES.MODE_ECB).encrypt(nonce + b"\x00\x00\x00\x01")) for key in (one, other)]
    lengths = _gf((8 * len(associated)).to_bytes(8, "big") + (8 * 16).to_bytes(8, "big"))
    # tag = (ghash(associated) + block) * h^2 + lengths * h + mask, in characteristic two
    before = [_ghash(key, associated) for key in h]
    squares = [_times(key, key) for key in h]
    rest = [_times(b, s) ^ _times(lengths, key) ^ m for b, s, key, m in zip(before, squares, h, mask, strict=True)]
    block = _times(rest[0] ^ rest[1], _inverse(squares[0] ^ squares[1]))
    return _bytes(block) + _bytes(_times(block, squares[0]) ^ rest[0])


def poly1305_for_two(one: bytes, other: bytes, nonce: bytes, associated: bytes) -> bytes:
    """Return 32 bytes of XChaCha20 ciphertext and their tag, valid under both 32-byte keys."""
    (r1, s1), (r2, s2) = (_poly1305_key(key, nonce) for key in (one, other))
    lengths = len(associated).to_bytes(8, "little") + (32).to_bytes(8, "little")
    start = associated + bytes(-len(associated) % 16)
    for attempt in range(1000):  # one in four tries gives a block of 16 bytes
        first = attempt.to_bytes(16, "little")
        constant = (
            _poly(start + first + bytes(16) + lengths, r1) + s1 - _poly(start + first + bytes(16) + lengths, r2) - s2
        )
        solved = -constant * pow(r1 * r1 - r2 * r2, -1, P1305) % P1305
        if solved >= 2**128:
            continue
        block = first + solved.to_bytes(16, "little")
        tags = {(_poly(start + block + lengths, r) + s) % 2**128 for r, s in ((r1, s1), (r2, s2))}
        if len(tags) == 1:
            return block + tags.pop().to_bytes(16, "little")
    raise AssertionError("no such ciphertext found")


def _poly1305_key(key: bytes, nonce: bytes) -> tuple[int, int]:
    block = ChaCha20.new(key=key, nonce=nonce).encrypt(bytes(32))
    clamped = int.from_bytes(block[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    return clamped, int.from_bytes(block[16:], "little")


def _poly(data: bytes, r: int) -> int:
    total = 0
    for at in range(0, len(data), 16):
        total = (total + int.from_bytes(data[at : at + 16] + b"\x01", "little")) * r % P1305
    return total


def _gf(block: bytes) -> int:
    return int(f"{int.from_bytes(block, 'big'):0128b}"[::-1], 2)


def _bytes(element: int) -> bytes:
    return int(f"{element:0128b}"[::-1], 2).to_bytes(16, "big")


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = (a << 1) ^ (0x87 | 1 << 128 if a >> 127 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    result, power = 1, a
    for _ in range(127):  # a^(2^128 - 2)
        power = _times(power, power)
        result = _times(result, power)
    return result


def _ghash(h: int, data: bytes) -> int:
    total = 0
    for at in range(0, len(data), 16):
        total = _times(total ^ _gf(data[at : at + 16].ljust(16, b"\x00")), h)
    return total
