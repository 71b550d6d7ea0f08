"""Changing the address that somebody signs in with: the new one is proven first, the former one is told afterwards."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import directory
from accounts.actions.verification import hash_token
from accounts.models import PasswordReset, SpareAddress, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications import outbox
from notifications.telling import tell
from vault.disclosure import disclose
from vault.purposes import Purpose
from vault.unsealer import unsealer

_KEPT = timedelta(days=7)  # a former address, while its person is told


def request_change(user: User, email: str) -> bool:
    """Send a link to the new address; False if it was asked for too often.

    Whose address has an account already gets the letter of a sign-up instead, and who asks is told the same.
    """
    actor = Actor.user(user.pk)
    with transaction.atomic():
        if not outbox.may_repeat("verify-new-email", user.pk):
            return False
        user.spare_addresses.pending(timezone.now()).delete()
        lasts = timezone.now() + settings.EMAIL_VERIFICATION_LIFETIME
        spare = user.spare_addresses.create(email=email, token_hash=secrets.token_bytes(32), expires_at=lasts)
        record_event(actor, Action.EMAIL_CHANGE_REQUESTED, target=user.pk)
        if known := User.objects.find_by_email(email):
            tell("already-registered", known.pk, [known.pk])
        else:
            tell("verify-new-email", user.pk, [spare.pk])
    return True


def issue_link(spare: SpareAddress) -> str:
    """Make the link's token, and return it; only its hash is kept. A link that was sent before ends."""
    token = secrets.token_urlsafe(32)
    SpareAddress.objects.pending(timezone.now()).filter(pk=spare.pk).update(token_hash=hash_token(token))
    return token


def find_change(user: User, token: str) -> SpareAddress | None:
    return user.spare_addresses.pending(timezone.now()).filter(token_hash=hash_token(token)).first()


def confirm_change(user: User, token: str) -> bool:
    """Make the proven address the one to sign in with, once; False if the link is good no more.

    False, too, if the address got an account in the meantime.
    """
    try:
        with transaction.atomic():
            current = User.objects.select_for_update().get(pk=user.pk)
            spare = find_change(current, token)
            if spare is None:
                return False
            _exchange(current, spare)
    except IntegrityError:
        return False
    return True


def purge(now: datetime) -> int:
    """Delete addresses that were never proven, and former ones after a week; return how many."""
    return SpareAddress.objects.filter(expires_at__lt=now).delete()[0]


def _exchange(user: User, spare: SpareAddress) -> None:
    actor, now = Actor.user(user.pk), timezone.now()
    with disclose(
        Purpose.OWN_ACCOUNT,
        actor=actor,
        tenant=user.vault_tenant,
        fields=[User.email, SpareAddress.email],
        subjects=[user.pk, spare.pk],
    ) as scope:
        former, new = scope.open_all([user.email, spare.email])
    spare.delete()
    user.email = new
    user.save(update_fields=["email"])
    user.email_indexes.all().delete()
    for index in unsealer().index_email(new):
        user.email_indexes.create(version=index.version, value=index.value)
    directory.refresh_member(actor, user=user)
    PasswordReset.objects.filter(user=user).pending(now).update(expires_at=now)  # they went to the former address
    event = record_event(actor, Action.EMAIL_CHANGED, target=user.pk)
    told = user.spare_addresses.create(email=former, expires_at=now + _KEPT)
    tell("email-changed", event.pk, [told.pk])
