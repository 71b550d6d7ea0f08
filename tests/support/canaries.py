"""Finding a secret on disk in any of the forms that programs write text and keys in.

A plain search is not enough: sessions are base64 of JSON, cookies are compressed, JSON escapes what is not ASCII.
"""

import base64
import json
import quopri
import re
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Canary = str | bytes

_DEPTH = 3  # layers of base64 and compression, one in another
_INFLATE_LIMIT = 1 << 20
_BASE64 = re.compile(rb"[A-Za-z0-9_\-+/]{24,}")
_HEX = re.compile(rb".{0,2}?([0-9a-f]{20,}|[0-9A-F]{20,}).{0,2}")  # a letter beside it may be a length
_WRAPPED = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/]*")  # as in emails and PEM files
_PACKED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|PK\x03\x04")
_ZLIB_OR_GZIP, _DEFLATE = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
_ZIP_HEADER = 30
_CHUNK = 65_536


def forms(canary: Canary) -> dict[str, bytes]:
    """Return the canary as it is and as the usual encodings write it."""
    return _forms_of_bytes(canary, "") if isinstance(canary, bytes) else _forms_of_text(canary)


def found(data: bytes, canary: Canary) -> list[str]:
    """Return the forms in which the canary stands in the data, also below base64 and compression."""
    return sorted(hit for _, hit in _hits(data, _wanted({"": canary})))


def scan(files: Iterable[Path], canaries: Mapping[str, Canary]) -> list[str]:
    """Return one line for each canary found in each file."""
    return [line for path in files for line in scan_data(path.name, _read(path), canaries)]


def scan_data(place: str, data: bytes, canaries: Mapping[str, Canary]) -> list[str]:
    """Return one line for each canary found in the data of a place."""
    return sorted({f"{name} in {place}: {form}" for name, form in _hits(data, _wanted(canaries))})


def _forms_of_text(text: str) -> dict[str, bytes]:
    raw, escaped = text.encode(), json.dumps(text)[1:-1].encode()
    return {
        **_forms_of_bytes(raw, ""),
        **{f"json {name}": form for name, form in _forms_of_bytes(escaped, "").items()},
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "url": urllib.parse.quote(text).encode(),
        "url, all": urllib.parse.quote(text, safe="").encode(),
        "url, lower": re.sub(r"%..", lambda code: code[0].lower(), urllib.parse.quote(text, safe="")).encode(),
        "form": urllib.parse.quote_plus(text).encode(),
        "quoted-printable": quopri.encodestring(raw).strip(),
        "python": repr(raw)[2:-1].encode(),
    }


def _forms_of_bytes(raw: bytes, prefix: str) -> dict[str, bytes]:
    base64s = {f"base64+{offset}": _base64(raw, offset) for offset in range(3)}
    return {
        "raw": raw,
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        **base64s,
        **{f"url-safe {name}": form.translate(_URL_SAFE) for name, form in base64s.items()},
    }


_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_", b"+/")


def _wanted(canaries: Mapping[str, Canary]) -> dict[bytes, tuple[str, str]]:
    """Return each different form with the canary and the name that it is found by."""
    wanted: dict[bytes, tuple[str, str]] = {}
    for name, canary in canaries.items():
        for form, data in forms(canary).items():
            wanted.setdefault(data, (name, form))
    return wanted


def _hits(data: bytes, wanted: Mapping[bytes, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    layer, unpacked = data, ""
    for _ in range(_DEPTH + 1):
        for form, (name, how) in wanted.items():
            if form in layer:
                yield name, how + unpacked
        layer, unpacked = b"\0".join(_unpacked(layer)), ", unpacked"
        if not layer:
            return


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # a broker's message that was taken meanwhile
        return b""


def _base64(raw: bytes, offset: int) -> bytes:
    """Return the part of the base64 text that does not depend on what stands before or after."""
    encoded = base64.b64encode(b"\0" * offset + raw)
    return encoded[4 if offset else 0 : (offset + len(raw)) // 3 * 4]


def _unpacked(data: bytes) -> Iterator[bytes]:
    yield from _inflated_all(data)
    for run in _WRAPPED.finditer(data):
        yield from _decoded(b"".join(run.group().split()))
    for run in set(_BASE64.findall(data)):
        if spelled := _HEX.fullmatch(run):  # ids for the most part, thousands of them: as base64 they are nothing
            yield from _unhexed(spelled[1].decode())
        else:
            yield from _decoded(run.translate(_STANDARD))


def _unhexed(text: str) -> Iterator[bytes]:
    for piece in (text, text[1:]):
        yield bytes.fromhex(piece[: len(piece) // 2 * 2])


def _decoded(text: bytes) -> Iterator[bytes]:
    """Yield what a run of base64 can mean; its first characters may belong to what stands before it."""
    for offset in range(4):
        piece = text[offset:]
        decoded = base64.b64decode(piece[: len(piece) // 4 * 4] + _padded(piece))
        yield decoded
        yield from _inflated(memoryview(decoded), _DEFLATE)


def _padded(piece: bytes) -> bytes:
    """Return the incomplete last group of a run, completed; nothing of it is lost."""
    rest = piece[len(piece) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _inflated_all(data: bytes) -> Iterator[bytes]:
    view = memoryview(data)
    yield from _inflated(view, _DEFLATE)  # a file or frame may be deflated without any header
    for place in _PACKED.finditer(data):
        start = place.start()
        if place.group() == b"PK\x03\x04":
            names = sum(int.from_bytes(data[start + at : start + at + 2], "little") for at in (26, 28))
            yield from _inflated(view[start + _ZIP_HEADER + names :], _DEFLATE)
        else:
            yield from _inflated(view[start:], _ZLIB_OR_GZIP)


def _inflated(data: memoryview, window: int) -> Iterator[bytes]:
    """Yield what inflates, as far as it does: a damaged or cut off end hides nothing before it."""
    inflater, pieces, size = zlib.decompressobj(window), list[bytes](), 0
    try:
        for start in range(0, min(len(data), _INFLATE_LIMIT), _CHUNK):
            pieces.append(inflater.decompress(data[start : start + _CHUNK], _INFLATE_LIMIT))
            size += len(pieces[-1])
            if inflater.eof or size > _INFLATE_LIMIT:
                break
    except zlib.error:
        pass
    if size:
        yield b"".join(pieces)
