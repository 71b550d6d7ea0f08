"""Codes of an authenticator app (RFC 6238). A clock may be one step off, and each step's code is accepted once."""

import hmac
from datetime import datetime

import pyotp
from django.utils import timezone

from accounts.factors import ISSUER
from accounts.models import Totp, User
from ledger.actor import Actor
from vault.disclosure import open_once
from vault.purposes import Purpose

_STEP = 30  # seconds
_DRIFT = 1  # steps


def new_secret() -> str:
    """Return 160 random bits in base32."""
    return pyotp.random_base32()


def uri(secret: str, account: str) -> str:
    """Return what an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def code_at(secret: str, step: int) -> str:
    return pyotp.TOTP(secret).generate_otp(step)


def step_of(at: datetime) -> int:
    return int(at.timestamp()) // _STEP


def matching_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """Return the step later than `after` whose code this is; None for wrong, old and used codes."""
    now = step_of(at)
    steps = (step for step in range(now - _DRIFT, now + _DRIFT + 1) if step > after)
    return next((step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), code.encode())), None)


def accept(user: User, code: str) -> bool:
    """Tell whether six digits are the person's code of now, and use them up."""
    totp = Totp.objects.filter(user=user, confirmed_at__isnull=False).first()
    if totp is None:
        return False
    step = matching_step(open_secret(totp), code, at=timezone.now(), after=totp.last_step)
    # The condition stands in the statement that writes: of many at once one is accepted.
    return step is not None and bool(
        Totp.objects.filter(pk=totp.pk, confirmed_at__isnull=False, last_step__lt=step).update(last_step=step)
    )


def open_secret(totp: Totp) -> str:
    """Return the secret, opened for its own person."""
    secret: str = open_once(Purpose.AUTHENTICATION, totp.secret, actor=Actor.user(totp.user_id))
    return secret
