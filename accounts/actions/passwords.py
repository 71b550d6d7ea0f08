"""Changing a password, and the way back for who forgot it.

A reset gives a new password and nothing else: nobody is signed in by it, so it skips no second factor.
"""

import secrets
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.sessions import end_sessions
from accounts.actions.verification import hash_token
from accounts.models import PasswordReset, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import new_id
from ledger.models import Action
from notifications import outbox
from notifications.telling import tell


def request_reset(email: str) -> None:
    """Send a link to somebody with an account. For any other address the same is done, and taken back."""
    known = User.objects.find_by_email(email)
    user_id = known.pk if known and known.is_active and known.is_verified else new_id()
    with transaction.atomic():
        if outbox.may_repeat("password-reset", user_id):
            tell("password-reset", user_id, [user_id])
            record_event(Actor.user(user_id), Action.PASSWORD_RESET_REQUESTED, target=user_id)
        if not known or user_id != known.pk:
            transaction.set_rollback(True)


def issue_reset(user: User) -> str:
    """Make a new link, end the older ones, and return its token; only its hash is kept."""
    token, now = secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic():
        user.password_resets.pending(now).update(expires_at=now)
        user.password_resets.create(token_hash=hash_token(token), expires_at=now + settings.PASSWORD_RESET_LIFETIME)
    return token


def find_reset(token_hash: bytes) -> PasswordReset | None:
    """Return what a link is for; None for one that was used, is over or never was."""
    pending = PasswordReset.objects.pending(timezone.now()).select_related("user")
    return pending.filter(token_hash=token_hash, user__is_active=True).first()


def reset_password(token_hash: bytes, password: str) -> UUID | None:
    """Set a new password by a link, once, and end all sessions; return whose, or None if the link is good no more."""
    with transaction.atomic():
        if (asked := find_reset(token_hash)) is None:
            return None
        User.objects.select_for_update().get(pk=asked.user_id)  # before the links, as where one's address changes
        if (found := find_reset(token_hash)) is None:
            return None
        found.used_at = timezone.now()
        found.save(update_fields=["used_at"])
        _set_password(Actor.user(found.user_id), found.user, password, Action.PASSWORD_RESET)
        end_sessions(Actor.user(found.user_id), found.user)
    return found.user_id


def change_password(user: User, password: str, *, session: str) -> None:
    """Set a new password and end all sessions but this one."""
    actor = Actor.user(user.pk)
    with transaction.atomic():
        _set_password(actor, user, password, Action.PASSWORD_CHANGED)
        end_sessions(actor, user, but=session)


def _set_password(actor: Actor, user: User, password: str, action: Action) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    PasswordReset.objects.filter(user=user).pending(timezone.now()).update(expires_at=timezone.now())
    event = record_event(actor, action, target=user.pk)
    tell("password-changed", event.pk, [user.pk])
