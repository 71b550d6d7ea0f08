"""Whom the messages of accounts go to, and what they are about."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions.verification import issue_verification
from accounts.factors.codes import Proof
from accounts.models import User
from ledger.models import AuditEvent
from notifications import recipients
from notifications.notices import Facts, notice


@recipients.register
def users(ids: Iterable[UUID]) -> Iterable[User]:
    return User.objects.filter(pk__in=list(ids), is_active=True)


@notice("verify-email")
def verify_email(user_id: UUID, to: User) -> Facts | None:
    if to.is_verified:
        return None
    token, code = issue_verification(to)
    return {
        "link": settings.CONSOLE_ORIGIN + reverse("accounts:verify_link", args=[token]),
        "code": f"{code[:3]} {code[3:]}",
        "hours": int(settings.EMAIL_VERIFICATION_LIFETIME.total_seconds() // 3600),
    }


@notice("already-registered")
def already_registered(user_id: UUID, to: User) -> Facts:
    return {"url": settings.CONSOLE_ORIGIN + reverse("accounts:sign_in")}


@notice("new-device")
def new_device(device_id: UUID, to: User) -> Facts | None:
    device = to.devices.filter(pk=device_id).first()
    if device is None:
        return None
    url = settings.CONSOLE_ORIGIN + reverse("accounts:sessions")
    return {"agent": device.agent, "at": device.created_at, "url": url}


@notice("factor-added")
def factor_added(event_id: UUID, to: User) -> Facts | None:
    return _factor(event_id)


@notice("factor-removed")
def factor_removed(event_id: UUID, to: User) -> Facts | None:
    return _factor(event_id)


@notice("recovery-code-used")
def recovery_code_used(event_id: UUID, to: User) -> Facts | None:
    event = AuditEvent.objects.filter(pk=event_id).first()
    return {"left": event.payload["left"], "at": event.at, "url": _security_url()} if event else None


@notice("passkey-refused")
def passkey_refused(event_id: UUID, to: User) -> Facts | None:
    event = AuditEvent.objects.filter(pk=event_id).first()
    passkey = to.passkeys.filter(pk=event.target).first() if event else None
    return {"passkey": passkey.name, "at": event.at, "url": _security_url()} if event and passkey else None


def _factor(event_id: UUID) -> Facts | None:
    event = AuditEvent.objects.filter(pk=event_id).first()
    names = {Proof.PASSKEY: _("Passkey"), Proof.TOTP: _("Authenticator app")}
    return {"factor": names[event.payload["factor"]], "at": event.at, "url": _security_url()} if event else None


def _security_url() -> str:
    return settings.CONSOLE_ORIGIN + reverse("accounts:security")
