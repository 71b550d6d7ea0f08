"""The scanner must find what it looks for: a leak test that finds nothing proves something only then."""

import base64
import json
import os
import zlib

import pytest
from django.core import signing

from tests.support.canaries import found

CANARY = "Zoë.Canary-7f3a91c4@example.test"
NOISE = os.urandom(3000)


@pytest.mark.parametrize(
    "sink",
    [
        CANARY.encode(),
        json.dumps({"email": CANARY}).encode(),
        CANARY.encode("utf-16-le"),
        CANARY.encode().hex().encode(),
        base64.b64encode(b"x" + CANARY.encode() + b"yz"),
        base64.b64encode(b"xx" + json.dumps([CANARY]).encode() + b"yz"),
        zlib.compress(CANARY.encode() * 3),
        signing.dumps({"email": CANARY, "pad": "x" * 400}, compress=True, key="k").encode(),
        base64.b64encode(zlib.compress(json.dumps({"email": CANARY, "pad": "x" * 400}).encode())),
    ],
    ids=["raw", "json", "utf-16", "hex", "base64", "json in base64", "zlib", "signed cookie", "zlib in base64"],
)
def test_a_canary_is_found_in_every_form_between_noise(sink: bytes) -> None:
    assert found(NOISE + b" " + sink + b" " + NOISE, CANARY)


def test_noise_alone_is_no_find() -> None:
    assert found(NOISE, CANARY) == []
