"""The scanner must find what it looks for: a leak test that finds nothing proves something only then."""

import base64
import gzip
import io
import json
import os
import quopri
import time
import urllib.parse
import zipfile
import zlib

import pytest
from django.core import signing

from tests.support.canaries import forms, found, scan_data

CANARY = "Zoë.Canary-7f3a91c4@example.test"
KEY = bytes(range(200, 232))
NOISE = os.urandom(3000)
RAW, JSON = CANARY.encode(), json.dumps({"email": CANARY, "pad": "x" * 400}).encode()


def deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def zipped(data: bytes) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/profile.json", data)
    return file.getvalue()


SINKS = {
    "raw": RAW,
    "json": JSON,
    "utf-16-le": CANARY.encode("utf-16-le"),
    "utf-16-be": CANARY.encode("utf-16-be"),
    "hex": RAW.hex().encode(),
    "HEX": RAW.hex().upper().encode(),
    "url": urllib.parse.quote(CANARY).encode(),
    "url without safe characters": urllib.parse.quote(CANARY, safe="").encode(),
    "url in lower case": urllib.parse.quote(CANARY).replace("%C3%AB", "%c3%ab").encode(),
    "form": urllib.parse.urlencode({"email": CANARY}).encode(),
    "quoted-printable": quopri.encodestring(RAW),
    "python bytes": repr(RAW).encode(),
    **{f"base64 after {n}": base64.b64encode(b"x" * n + RAW + b"yz") for n in range(3)},
    **{f"url-safe base64 after {n}": base64.urlsafe_b64encode(b"?" * n + RAW + b"\xff\xfe?") for n in range(3)},
    **{f"json in base64 after {n}": base64.b64encode(b"x" * n + JSON) for n in range(3)},
    "base64 at the very end": base64.b64encode(RAW),
    "base64 without padding": base64.urlsafe_b64encode(RAW).rstrip(b"="),
    "base64 in lines": base64.encodebytes(b"Subject: a mail\n\n" * 9 + JSON),
    "utf-16 in base64": base64.b64encode(b"x" + CANARY.encode("utf-16-le")),
    "zlib": zlib.compress(RAW * 3),
    "zlib, fast": zlib.compress(RAW * 3, 1),
    "gzip": gzip.compress(RAW * 3),
    "zip": zipped(JSON),
    "signed cookie": signing.dumps({"email": CANARY, "pad": "x" * 400}, compress=True, key="k").encode(),
    "zlib in base64": base64.b64encode(zlib.compress(JSON)),
    "gzip in base64": base64.b64encode(gzip.compress(JSON)),
    "deflate in base64": base64.b64encode(deflate(JSON)),
    "base64 in base64": base64.b64encode(base64.b64encode(JSON)),
    "base64 in zlib": zlib.compress(base64.b64encode(JSON)),
    "zlib in base64 in gzip": gzip.compress(base64.b64encode(zlib.compress(JSON))),
    "json in hex": JSON.hex().encode(),
    "zlib in hex": zlib.compress(JSON).hex().encode(),
    "cut off zlib": zlib.compress(RAW + os.urandom(2000))[:-100],
}


@pytest.mark.parametrize("sink", SINKS.values(), ids=SINKS)
def test_a_canary_is_found_in_every_form_between_noise(sink: bytes) -> None:
    assert found(NOISE + b" " + sink + b" " + NOISE, CANARY)


def test_a_file_that_is_deflated_as_a_whole_is_read() -> None:
    assert found(deflate(JSON), CANARY)


@pytest.mark.parametrize(
    "sink",
    [KEY, KEY.hex().encode(), KEY.hex().upper().encode(), base64.b64encode(b"1" + KEY), base64.urlsafe_b64encode(KEY)],
    ids=["raw", "hex", "HEX", "base64", "url-safe"],
)
def test_a_key_is_found_in_every_form_between_noise(sink: bytes) -> None:
    assert found(NOISE + b" " + sink + b" " + NOISE, KEY)


def test_noise_alone_is_no_find() -> None:
    assert found(NOISE, CANARY) == found(NOISE, KEY) == []


@pytest.mark.parametrize("canary", [CANARY, KEY], ids=["text", "key"])
def test_no_form_is_so_short_that_chance_could_write_it(canary: str | bytes) -> None:
    assert min(map(len, forms(canary).values())) >= 20


def test_what_is_found_is_named_with_its_place_and_form() -> None:
    assert scan_data("run.log", RAW, {"email": CANARY, "key": KEY}) == ["email in run.log: raw"]


def test_ten_megabytes_are_scanned_for_a_hundred_keys_in_seconds() -> None:
    data, began = os.urandom(10_000_000), time.thread_time()
    assert scan_data("noise", data, {str(n): os.urandom(32) for n in range(100)}) == []
    assert time.thread_time() - began < 15
