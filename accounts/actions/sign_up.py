"""Signing up. What the visitor sees is the same whether the address is new or has an account."""

from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.actions.organizations import create_organization
from accounts.models import User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import new_id
from ledger.models import Action
from notifications import outbox


def sign_up(*, email: str, password: str, organization_name: str = "") -> UUID:
    """Make an account with an organization and send the verification.

    Returns the id that waits for verification. For an address with an account nothing changes: its person gets
    an email saying so, and the id returned belongs to nobody.
    """
    if known := User.objects.find_by_email(email):
        return _pretend(known, password)
    try:
        return _create(email, password, organization_name).pk
    except IntegrityError:  # the same address signed up at the same moment
        if known := User.objects.find_by_email(email):
            return _pretend(known, password)
        raise


def request_verification(user_id: UUID) -> None:
    """Send a new verification to a user who is not verified yet; anybody else gets nothing."""
    with transaction.atomic():
        user = User.objects.filter(pk=user_id, email_verified_at=None).first()
        if user is not None and outbox.may_repeat("verify-email", user.pk):
            outbox.put("verify-email", user.pk)
            record_event(Actor.user(user.pk), Action.VERIFICATION_REQUESTED, target=user.pk)


def _create(email: str, password: str, organization_name: str) -> User:
    with transaction.atomic():
        user = User.objects.create_user(email, password)
        actor = Actor.user(user.pk)
        record_event(actor, Action.ACCOUNT_CREATED, target=user.pk)
        create_organization(actor, name=organization_name or "Personal", owner=user)
        outbox.put("verify-email", user.pk)
    return user


def _pretend(known: User, password: str) -> UUID:
    make_password(password)  # the same work as for a new account, so that the time tells nothing
    with transaction.atomic():
        if outbox.may_repeat("already-registered", known.pk):
            outbox.put("already-registered", known.pk)
    return new_id()
