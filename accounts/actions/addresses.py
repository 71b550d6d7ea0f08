"""Changing the address that somebody signs in with: the new one is proven first, the former one is told afterwards.

Who gets the message at the former address can take the account back for a week. With it goes whatever was added to sign
in by since a week before the change: it may be the intruder's, and would let them in again and keep its person out.
So does a phone number that came since then: texts about the account would go to it. Deletions that were asked for since
then are called off: the letters about them went to the intruder. What was there before stays, so that a lost former
mailbox skips no second factor.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import directory
from accounts.actions import phones
from accounts.actions.deletions import cancel_deletion
from accounts.actions.domains import note_move
from accounts.actions.factors import remove_newer
from accounts.actions.owners import lock_person
from accounts.actions.sessions import end_sessions
from accounts.actions.verification import hash_code, hash_token, new_code
from accounts.models import Deletion, PasswordReset, SpareAddress, User
from accounts.models.spare import SpareQuerySet
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications import outbox, windows
from notifications.telling import tell
from vault.disclosure import disclose
from vault.purposes import Purpose
from vault.unsealer import unsealer

_CAPS = {"address-change-hour": 5}
_KEPT = timedelta(days=7)  # a former address, while its person may take the account back
_SUSPECT = timedelta(days=7)  # before a change: what was added in them may be the intruder's


def request_change(user: User, email: str) -> bool:
    """Send a link and a code to the new address; False if it was asked for too often.

    Whose address has an account already gets the letter of a sign-up instead, and who asks is told the same. What was
    asked is counted and not what was sent: else the count would tell who has an account.
    """
    with transaction.atomic():
        if not windows.take(windows.counters("address-change", str(user.pk), _CAPS), _CAPS):
            return False
        user.spare_addresses.pending(timezone.now()).delete()
        lasts = timezone.now() + settings.EMAIL_VERIFICATION_LIFETIME
        spare = user.spare_addresses.create(email=email, expires_at=lasts)
        record_event(Actor.user(user.pk), Action.EMAIL_CHANGE_REQUESTED, target=user.pk)
        known = User.objects.find_by_email(email)
        if known and known.is_verified:
            if outbox.may_repeat("already-registered", known.pk):
                tell("already-registered", known.pk, [known.pk])
        else:
            tell("verify-new-email", user.pk, [spare.pk])
    return True


def issue_proof(spare: SpareAddress) -> tuple[str, str]:
    """Make the link's token and the code, and return them; only their hashes are kept. Older ones end."""
    token, code = secrets.token_urlsafe(32), new_code()
    hashes = {"token_hash": hash_token(token), "code_hash": hash_code(spare.user_id, code)}
    SpareAddress.objects.pending(timezone.now()).filter(pk=spare.pk).update(**hashes, attempts=0)
    return token, code


def issue_return(spare: SpareAddress) -> str:
    """Make the token of the link that takes an account back, and return it; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    SpareAddress.objects.former(timezone.now()).filter(pk=spare.pk).update(token_hash=hash_token(token))
    return token


def find_change(user: User, token: str) -> SpareAddress | None:
    return user.spare_addresses.pending(timezone.now()).filter(token_hash=hash_token(token)).first()


def find_return(token: str) -> SpareAddress | None:
    return SpareAddress.objects.former(timezone.now()).filter(token_hash=hash_token(token)).first()


def confirm_by_token(user: User, token: str) -> bool:
    """Make the address that a link proves the one to sign in with, once; False if the link is good no more.

    False, too, if the address got an account in the meantime.
    """
    return _confirm(user, lambda pending: pending.filter(token_hash=hash_token(token)).first())


def confirm_by_code(user: User, code: str) -> bool:
    """Make the address that a code proves the one to sign in with. After a few wrong ones a new email is needed."""
    return _confirm(user, lambda pending: _by_code(user.pk, pending.exclude(code_hash=None).first(), code))


class Occupied(Exception):
    """The address has another account by now, which its person verified."""


def take_back(token: str) -> bool:
    """Give an account back to its former address, once: all sessions end, and a new password is chosen by email.

    Occupied while another verified account has that address: which of two is to keep it is for its person to say, who
    can change the other one's. The link stays good for that.
    """
    try:
        with transaction.atomic():
            if (claimed := find_return(token)) is None:
                return False
            user, _ = lock_person(claimed.user_id)
            found = find_return(token)  # of two at once the second finds it gone
            if found is None or not user.is_active:
                return False
            actor = Actor.user(user.pk)
            # Ways back to who had the account before stay open: an intruder has one, too, to an address of their own.
            user.spare_addresses.exclude(is_former=True, expires_at__lte=found.expires_at).delete()
            user.password = make_password(None)
            _exchange(user, found)
            user.save(update_fields=["password"])
            record_event(actor, Action.EMAIL_TAKEN_BACK, target=user.pk)
            suspect = found.expires_at - _KEPT - _SUSPECT
            remove_newer(actor, user, since=suspect)
            phones.remove_newer(user, since=suspect)
            for deletion in Deletion.objects.cancellable().filter(requested_by=user.pk, requested_at__gte=suspect):
                cancel_deletion(actor, deletion=deletion)
            end_sessions(actor, user)
            tell("password-reset", user.pk, [user.pk])
    except IntegrityError:
        occupied = True
    else:
        occupied = False
    if occupied:
        raise Occupied  # outside of the handler: the database's message quotes the index
    return True


def purge(now: datetime) -> int:
    """Delete addresses that were never proven, and former ones after a week; return how many."""
    return SpareAddress.objects.filter(expires_at__lt=now).delete()[0]


def _confirm(user: User, find: Callable[[SpareQuerySet[SpareAddress]], SpareAddress | None]) -> bool:
    try:
        with transaction.atomic():
            current, _ = lock_person(user.pk)
            spare = find(current.spare_addresses.pending(timezone.now()))
            if spare is None:
                return False
            former = _exchange(current, spare)
            event = record_event(Actor.user(user.pk), Action.EMAIL_CHANGED, target=user.pk)
            told = current.spare_addresses.create(email=former, is_former=True, expires_at=timezone.now() + _KEPT)
            tell("email-changed", event.pk, [told.pk])
    except IntegrityError:
        return False
    return True


def _by_code(user_id: UUID, spare: SpareAddress | None, code: str) -> SpareAddress | None:
    if spare is None or spare.code_hash is None or spare.attempts >= settings.EMAIL_VERIFICATION_ATTEMPTS:
        return None
    if hmac.compare_digest(bytes(spare.code_hash), hash_code(user_id, code)):
        return spare
    spare.attempts += 1
    spare.save(update_fields=["attempts"])
    return None


def _exchange(user: User, spare: SpareAddress) -> str:
    """Make a spare address the one to sign in with; return the one that was it."""
    actor, now = Actor.user(user.pk), timezone.now()
    with disclose(
        Purpose.OWN_ACCOUNT,
        actor=actor,
        tenant=user.vault_tenant,
        fields=[User.email, SpareAddress.email],
        subjects=[user.pk, spare.pk],
    ) as scope:
        former: str
        former, new = scope.open_all([user.email, spare.email])
    spare.delete()
    free_address(new)
    user.email = new
    user.save(update_fields=["email"])
    user.email_indexes.all().delete()
    for index in unsealer().index_email(new):
        user.email_indexes.create(version=index.version, value=index.value)
    directory.refresh_member(actor, user=user)
    note_move(actor, user, former, new)
    PasswordReset.objects.filter(user=user).pending(now).update(expires_at=now)  # they went to the former address
    return former


def free_address(address: str) -> None:
    """Close an account that somebody opened with an address and never proved: it is its owner's, who just did.

    Else whoever signs up with an address would keep its owner from it.
    """
    holder = User.objects.find_by_email(address)
    if holder is None:
        return
    # Only while it is unverified: a verification at this very moment keeps the address.
    if User.objects.filter(pk=holder.pk, email_verified_at=None).update(is_active=False):
        holder.email_indexes.all().delete()
        holder.verifications.all().delete()
        outbox.cancel(holder.pk)
        record_event(Actor.user(holder.pk), Action.ACCOUNT_CLOSED, target=holder.pk)
