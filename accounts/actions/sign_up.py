"""Signing up. What the visitor sees is the same whether the address is new or has an account."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.organizations import create_organization
from accounts.actions.owners import lock_person
from accounts.entries import Contact
from accounts.models import Organization, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import new_id
from ledger.models import Action
from notifications import outbox


@dataclass(frozen=True, slots=True, repr=False)
class Registration:
    """Who waits for verification, and a seal that holds as long as the password they gave does."""

    user_id: UUID
    seal: str

    @classmethod
    def of(cls, user: User) -> "Registration":
        return cls(user.pk, user.get_session_auth_hash())


def sign_up(
    *,
    email: str,
    password: str,
    organization_name: str = "",
    language: str = settings.LANGUAGE_CODE,
    is_invited: bool = False,
) -> Registration:
    """Make an account with an organization and send the verification, in one of LANGUAGES.

    Who `is_invited` opened an invitation's link, which went to this address, in the browser where they now choose the
    password: that proves as much as the link of a verification does, so there is none. They join an organization and
    get none of their own.

    For an address with a verified account nothing changes: its person gets an email saying so, and the registration
    returned belongs to nobody. An address that nobody has verified is free: the latest sign-up's password counts, and
    the browsers of earlier ones are out, so that nobody can hold somebody else's address.
    """
    if known := User.objects.find_by_email(email):
        return _again(known, password, organization_name, language, is_invited)
    try:
        return Registration.of(_create(email, password, organization_name, language, is_invited))
    except IntegrityError:  # the same address signed up at the same moment
        if known := User.objects.find_by_email(email):
            return _again(known, password, organization_name, language, is_invited)
        raise


def request_verification(user_id: UUID) -> None:
    """Send a new verification to a user who is not verified yet; for any other id the same work, and no email."""
    with transaction.atomic():
        if outbox.may_repeat("verify-email", user_id):
            outbox.put("verify-email", user_id, recipient_id=user_id)
            record_event(Actor.user(user_id), Action.VERIFICATION_REQUESTED, target=user_id)


def _create(email: str, password: str, organization_name: str, language: str, is_invited: bool) -> User:
    with transaction.atomic():
        user = User.objects.create_user(email, password, language=language)
        actor = Actor.user(user.pk)
        record_event(actor, Action.ACCOUNT_CREATED, target=user.pk)
        if is_invited:
            _verify(user.pk)
            return user
        name = organization_name or "Personal"
        create_organization(actor, name=name, owner=user, contact=Contact("", email))
        outbox.put("verify-email", user.pk, recipient_id=user.pk)
    return user


def _again(known: User, password: str, organization_name: str, language: str, is_invited: bool) -> Registration:
    if known.is_verified:
        make_password(password)  # the same work as for a new account, so that the time tells nothing
        with transaction.atomic():
            if outbox.may_repeat("already-registered", known.pk):
                outbox.put("already-registered", known.pk, recipient_id=known.pk)
        return Registration(new_id(), secrets.token_hex(32))
    known.set_password(password)
    with transaction.atomic():
        lock_person(known.pk)
        # Only while it is unverified: a verification at this very moment keeps its password.
        unverified = User.objects.filter(pk=known.pk, email_verified_at=None)
        if unverified.update(password=known.password, language=language):
            Organization.objects.filter(memberships__user=known).update(name=organization_name or "Personal")
            record_event(Actor.user(known.pk), Action.ACCOUNT_CREATED, target=known.pk)
            if is_invited:
                _verify(known.pk)
            else:
                request_verification(known.pk)
    return Registration.of(known)


def _verify(user_id: UUID) -> None:
    """Note that an invitation proved somebody's address."""
    User.objects.filter(pk=user_id).update(email_verified_at=timezone.now())
    record_event(Actor.user(user_id), Action.EMAIL_VERIFIED, target=user_id, by="invitation")
