"""People with factors, and what tests do with them."""

import time
from typing import Any

import pyotp
from django.test import Client
from django.utils import timezone

from accounts.actions.factors import make_recovery_codes
from accounts.factors import totp
from accounts.models import Passkey, Totp, User
from ledger.actor import Actor
from tests.conftest import PASSWORD
from tests.support.authenticator import Device

NEW = "/account/security/passkeys/new/"


def with_app(user: User) -> str:
    """Give a user an authenticator app; return its secret."""
    secret = totp.new_secret()
    Totp.objects.create(user=user, secret=secret, confirmed_at=timezone.now())
    return secret


def with_codes(user: User) -> list[str]:
    """Give a user with a factor recovery codes; return them."""
    return make_recovery_codes(Actor.user(user.pk), user)


def with_passkey(client: Client, name: str = "Laptop", device: Device | None = None) -> Device:
    """Add a passkey as the signed-in client's browser does; return the device."""
    device = device or Device()
    answer = client.post(NEW, {"name": name, "credential": device.make(client.post(NEW + "options/").json())})
    assert answer.status_code == 302, answer.context["form"].errors
    return device


def passkey_of(device: Device) -> Passkey:
    return Passkey.objects.get(credential_id=device.credential_id)


def code(secret: str, steps: int = 0) -> str:
    """Return the code of now, or of so many steps later."""
    return pyotp.TOTP(secret).at(time.time() + 30 * steps)


def wrong(secret: str) -> str:
    """Return six digits that are no code of these minutes."""
    near = {code(secret, steps) for steps in range(-3, 4)}
    return next(
        text
        for text in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777")
        if text not in near
    )


def type_password(client: Client, email: str = "olivia@example.com", **more: str) -> Any:
    return client.post("/sign-in/", {"email": email, "password": PASSWORD} | more)


def is_signed_in(client: Client) -> bool:
    return client.get("/account/sessions/").status_code == 200
