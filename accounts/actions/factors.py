"""Adding, naming and removing factors. Whatever changes how somebody signs in ends their other sessions and tells them.

`session` is what is stored of the session that acts, which goes on.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.sessions import end_sessions
from accounts.factors import factors_of, recovery, totp
from accounts.factors.codes import Proof
from accounts.factors.passkeys import NewPasskey, Refused
from accounts.models import Passkey, RecoveryCode, Totp, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell

MOST_PASSKEYS = 20
_PENDING = timedelta(hours=1)


class TooMany(Exception):
    """The person has as many passkeys as one can have."""


def add_passkey(actor: Actor, user: User, *, new: NewPasskey, name: str, session: str) -> Passkey:
    """Add a passkey; TooMany, or Refused for one that an account has already."""
    try:
        with transaction.atomic():
            _lock(user)
            if user.passkeys.count() >= MOST_PASSKEYS:
                raise TooMany
            passkey = user.passkeys.create(
                name=name,
                credential_id=new.credential_id,
                public_key=new.public_key,
                sign_count=new.sign_count,
                transports=new.transports,
            )
            _changed(actor, user, Action.FACTOR_ADDED, Proof.PASSKEY, session)
    except IntegrityError:
        refused = Refused()
    else:
        return passkey
    raise refused  # outside of the handler: the database's message quotes the credential


def rename_passkey(actor: Actor, passkey: Passkey, *, name: str) -> None:
    with transaction.atomic():
        if Passkey.objects.filter(pk=passkey.pk).update(name=name):
            record_event(actor, Action.FACTOR_RENAMED, target=passkey.user_id, factor=Proof.PASSKEY)


def remove_passkey(actor: Actor, passkey: Passkey, *, session: str) -> None:
    """Remove a passkey; once it is gone, nothing more happens."""
    with transaction.atomic():
        user = _lock(passkey.user)
        if Passkey.objects.filter(pk=passkey.pk).delete()[0]:
            _changed(actor, user, Action.FACTOR_REMOVED, Proof.PASSKEY, session)


def begin_totp(user: User) -> Totp | None:
    """Return an app that is to be confirmed, for an hour the same one; None where one counts already."""
    with transaction.atomic():
        _lock(user)
        Totp.objects.filter(user=user, confirmed_at=None, created_at__lte=timezone.now() - _PENDING).delete()
        if found := Totp.objects.filter(user=user).first():
            return None if found.confirmed_at else found
        return Totp.objects.create(user=user, secret=totp.new_secret())


def confirm_totp(actor: Actor, user: User, *, code: str, session: str) -> bool:
    """Let the app count from now on, if this is its code."""
    pending = Totp.objects.filter(user=user, confirmed_at=None).first()
    now = timezone.now()
    step = totp.matching_step(totp.open_secret(pending), code, at=now, after=0) if pending else None
    if pending is None or step is None:
        return False
    with transaction.atomic():
        _lock(user)
        if not Totp.objects.filter(pk=pending.pk, confirmed_at=None).update(confirmed_at=now, last_step=step):
            return False
        _changed(actor, user, Action.FACTOR_ADDED, Proof.TOTP, session)
    return True


def remove_totp(actor: Actor, user: User, *, session: str) -> None:
    """Remove the app; once it is gone, nothing more happens."""
    with transaction.atomic():
        _lock(user)
        if Totp.objects.filter(user=user, confirmed_at__isnull=False).delete()[0]:
            _changed(actor, user, Action.FACTOR_REMOVED, Proof.TOTP, session)


def remove_newer(actor: Actor, user: User, since: datetime) -> None:
    """Remove whatever was added since a moment, when it may not have been its person who did; all sessions end."""
    with transaction.atomic():
        _lock(user)
        user.recovery_codes.filter(created_at__gte=since).delete()
        Totp.objects.filter(user=user, confirmed_at=None).delete()  # one that never counted
        if user.passkeys.filter(created_at__gte=since).delete()[0]:
            _changed(actor, user, Action.FACTOR_REMOVED, Proof.PASSKEY, session="")
        if Totp.objects.filter(user=user, confirmed_at__gte=since).delete()[0]:
            _changed(actor, user, Action.FACTOR_REMOVED, Proof.TOTP, session="")
        if user.sso_links.filter(created_at__gte=since).delete()[0]:
            _changed(actor, user, Action.FACTOR_REMOVED, Proof.SSO, session="")


def make_recovery_codes(actor: Actor, user: User) -> list[str]:
    """Return ten new codes, to be shown once; the former ones end. None for who has no factor to stand in for."""
    with transaction.atomic():
        _lock(user)
        if not factors_of(user).are_any:
            return []
        user.recovery_codes.all().delete()
        codes = recovery.new_codes()
        hashes = recovery.hash_codes(user, codes)
        RecoveryCode.objects.bulk_create([RecoveryCode(user=user, code_hash=each) for each in hashes])
        event = record_event(actor, Action.RECOVERY_CODES_MADE, target=user.pk, count=len(codes))
        tell("recovery-codes-made", event.pk, [user.pk])
    return codes


def _changed(actor: Actor, user: User, action: Action, factor: Proof, session: str) -> None:
    event = record_event(actor, action, target=user.pk, factor=factor)
    tell("factor-added" if action is Action.FACTOR_ADDED else "factor-removed", event.pk, [user.pk])
    end_sessions(actor, user, but=session)
    if not factors_of(user).are_any:
        user.recovery_codes.all().delete()  # they stand in for what is not there any more


def _lock(user: User) -> User:
    """Take the person's row: changes of one person's factors come one after another."""
    return User.objects.select_for_update().get(pk=user.pk)
