"""A device with a passkey, and signing in with it."""

from typing import Any

import pytest
from django.test import Client

from tests.support.authenticator import Device
from tests.support.factors import with_passkey

URL = "/sign-in/passkey/"


def options(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.post(URL + "options/").json()
    return found


def sign_in(client: Client, credential: str, **more: str) -> str:
    location: str = client.post(URL, {"credential": credential} | more)["Location"]
    return location


@pytest.fixture
def device(as_owner: Client) -> Device:
    return with_passkey(as_owner)
