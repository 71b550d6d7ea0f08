"""What people are told of their own account: proofs, sign-ins, changes of password and address."""

from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.actions.addresses import issue_proof, issue_return
from accounts.actions.exports import issue_link
from accounts.actions.passwords import issue_reset
from accounts.actions.phones import CODE_LASTS, issue_code
from accounts.actions.verification import issue_verification
from accounts.factors.codes import Proof
from accounts.models import SpareAddress, SparePhone, User
from ledger.events import at_of
from ledger.models import Action, AuditEvent
from notifications import recipients
from notifications.kinds.security import Factor
from notifications.notices import Facts, notice


@recipients.register
def users(ids: Iterable[UUID]) -> Iterable[User]:
    return User.objects.filter(pk__in=list(ids), is_active=True)


@notice("verify-email")
def verify_email(user_id: UUID, to: User) -> Facts | None:
    if to.is_verified:
        return None
    token, code = issue_verification(to)
    return _proof("accounts:verify_link", token, code)


@notice("already-registered")
def already_registered(user_id: UUID, to: User) -> Facts:
    return {"url": settings.CONSOLE_ORIGIN + reverse("accounts:sign_in")}


@notice("new-device")
def new_device(device_id: UUID, to: User) -> Facts | None:
    device = to.devices.filter(pk=device_id).first()
    if device is None:
        return None
    browser, _, system = device.agent.partition(" on ")
    url = settings.CONSOLE_ORIGIN + reverse("accounts:sessions")
    return {"browser": browser, "system": system, "at": device.created_at, "url": url}


@recipients.register
def spare_addresses(ids: Iterable[UUID]) -> Iterable[SpareAddress]:
    return SpareAddress.objects.select_related("user").filter(pk__in=list(ids), user__is_active=True)


@notice("verify-new-email")
def verify_new_email(user_id: UUID, to: SpareAddress) -> Facts:
    token, code = issue_proof(to)
    return _proof("accounts:confirm_email", token, code)


@notice("email-changed")
def email_changed(event_id: UUID, to: SpareAddress) -> Facts:
    link = settings.CONSOLE_ORIGIN + reverse("accounts:take_back", args=[issue_return(to)])
    return {"at": at_of(event_id), "url": link}


@recipients.register
def spare_phones(ids: Iterable[UUID]) -> Iterable[SparePhone]:
    return SparePhone.objects.select_related("user").filter(pk__in=list(ids), user__is_active=True)


@notice("verify-phone")
def verify_phone(spare_id: UUID, to: SparePhone) -> Facts | None:
    if (code := issue_code(to)) is None:
        return None
    minutes = int(CODE_LASTS.total_seconds() // 60)
    return {"code": code, "minutes": minutes, "host": urlsplit(settings.CONSOLE_ORIGIN).hostname}


@notice("phone-changed")
def phone_changed(event_id: UUID, to: User) -> Facts | None:
    event = AuditEvent.objects.filter(pk=event_id).first()
    url = settings.CONSOLE_ORIGIN + reverse("accounts:profile")
    return {"is_gone": event.action == Action.PHONE_REMOVED, "at": event.at, "url": url} if event else None


@notice("phone-left")
def phone_left(event_id: UUID, to: SparePhone) -> Facts:
    return {}


@notice("export-ready")
def export_ready(export_id: UUID, to: User) -> Facts | None:
    export = to.exports.ready(timezone.now()).filter(pk=export_id).first()
    if export is None:
        return None
    link = settings.CONSOLE_ORIGIN + reverse("own_export:link", args=[issue_link(export)])
    return {"until": export.expires_at, "url": link}


@notice("password-reset")
def password_reset(user_id: UUID, to: User) -> Facts:
    link = settings.CONSOLE_ORIGIN + reverse("accounts:reset_link", args=[issue_reset(to)])
    return {"link": link, "minutes": int(settings.PASSWORD_RESET_LIFETIME.total_seconds() // 60)}


@notice("password-changed")
def password_changed(event_id: UUID, to: User) -> Facts:
    return {"at": at_of(event_id), "url": settings.CONSOLE_ORIGIN + reverse("accounts:sessions")}


def _proof(view: str, token: str, code: str) -> Facts:
    return {
        "link": settings.CONSOLE_ORIGIN + reverse(view, args=[token]),
        "code": f"{code[:3]} {code[3:]}",
        "hours": int(settings.EMAIL_VERIFICATION_LIFETIME.total_seconds() // 3600),
    }


@notice("factor-added")
def factor_added(event_id: UUID, to: User) -> Facts | None:
    return _factor(event_id)


@notice("factor-removed")
def factor_removed(event_id: UUID, to: User) -> Facts | None:
    return _factor(event_id)


@notice("recovery-codes-made")
def recovery_codes_made(event_id: UUID, to: User) -> Facts:
    return {"at": at_of(event_id), "url": _security_url()}


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
    names = {Proof.PASSKEY: Factor.PASSKEY, Proof.TOTP: Factor.AUTHENTICATOR, Proof.SSO: Factor.SSO}
    return {"factor": names[event.payload["factor"]], "at": event.at, "url": _security_url()} if event else None


def _security_url() -> str:
    return settings.CONSOLE_ORIGIN + reverse("accounts:security")
