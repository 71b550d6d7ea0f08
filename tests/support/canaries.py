"""Finding a secret on disk in any of the forms that programs write text in.

A plain search is not enough: sessions are base64 of JSON, cookies are compressed, JSON escapes what is not ASCII.
"""

import base64
import json
import quopri
import re
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_BASE64 = re.compile(rb"[A-Za-z0-9_\-+/]{24,}")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_INFLATE_LIMIT = 1 << 20


def forms(canary: str) -> dict[str, bytes]:
    """Return the canary as raw text and as the usual encodings write it."""
    raw = canary.encode()
    escaped = json.dumps(canary)[1:-1].encode()
    return {
        "raw": raw,
        "json": escaped,
        "utf-16": canary.encode("utf-16-le"),
        "hex": raw.hex().encode(),
        "url": urllib.parse.quote(canary).encode(),
        "quoted-printable": quopri.encodestring(raw).strip(),
        **{f"base64+{offset}": _base64(raw, offset) for offset in range(3)},
        **{f"json base64+{offset}": _base64(escaped, offset) for offset in range(3)},
    }


def found(data: bytes, canary: str) -> list[str]:
    """Return the forms in which the canary stands in the data, also below base64 and zlib."""
    wanted = forms(canary)
    hits = [name for name, form in wanted.items() if form in data]
    if not hits:
        hits = [f"{name}, unpacked" for inner in _unpacked(data) for name, form in wanted.items() if form in inner]
    return sorted(set(hits))


def scan(files: Iterable[Path], canaries: dict[str, str]) -> list[str]:
    """Return one line for each canary found in each file."""
    return [
        f"{name} in {path.name}: {', '.join(hits)}"
        for path in files
        for data in [_read(path)]
        for name, canary in canaries.items()
        if (hits := found(data, canary))
    ]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # a broker's message that was taken meanwhile
        return b""


def _base64(raw: bytes, offset: int) -> bytes:
    """Return the part of the base64 text that does not depend on what stands before or after."""
    encoded = base64.b64encode(b"\0" * offset + raw)
    return encoded[4 if offset else 0 : len(encoded) // 4 * 4 - 4]


def _unpacked(data: bytes) -> Iterator[bytes]:
    for place in _ZLIB.finditer(data):
        yield from _inflated(data[place.start() :])
    for run in _BASE64.finditer(data):
        text = run.group().replace(b"-", b"+").replace(b"_", b"/")
        for offset in range(4):
            piece = text[offset:]
            decoded = base64.b64decode(piece[: len(piece) // 4 * 4])
            yield decoded
            for place in _ZLIB.finditer(decoded[:64]):
                yield from _inflated(decoded[place.start() :])


def _inflated(data: bytes) -> Iterator[bytes]:
    try:
        yield zlib.decompressobj().decompress(data[:_INFLATE_LIMIT], _INFLATE_LIMIT)
    except zlib.error:
        return
