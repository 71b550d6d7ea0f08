"""Whose account a provider's person is. A provider speaks for people of its organization's verified domains alone.

A person is known by the provider's name for them. The first time they are found by address: who runs a domain has each
mailbox in it, so this gives no more than a reset of the password would, and like a reset it skips no second factor. The
person is told. An address that another one of the provider signed in with before was given to somebody new: they do not
get the account. Whoever left the organization, or the domain, is not let in by it any more.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.addresses import free_address
from accounts.actions.organizations import AddressRefused, add_member
from accounts.actions.owners import lock
from accounts.backends import may_sign_in
from accounts.entries import Contact
from accounts.factors.codes import Proof
from accounts.models import IdentityProvider, Membership, Role, SsoLink, User
from accounts.roles import given_role
from accounts.seats import free_seats
from accounts.sso.failure import SsoError
from accounts.sso.gate import domain_of
from accounts.sso.id_token import Identity
from accounts.sso.protocol import SIGN_IN
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications import fingerprints
from notifications.telling import tell


def admit(provider: IdentityProvider, identity: Identity) -> User:
    """Return whose account it is, made now if the organization wants that; SsoError for who may not come in."""
    if not _is_of_the_domains(provider, identity.domain):
        raise SsoError("foreign-domain")
    try:
        return _admit(provider, identity)
    except IntegrityError:  # their first sign-in twice at once, or a sign-up with the address
        pass
    return _admit(provider, identity)


def _admit(provider: IdentityProvider, identity: Identity) -> User:
    subject = fingerprints.of_other("sso-subject", f"{provider.pk} {identity.subject}")
    with transaction.atomic():
        lock([provider.organization_id])  # that of whoever takes a seat; before the provider, as where both are erased
        # The lock of whoever changes the provider, so that no link is made to one that was changed meanwhile.
        current = IdentityProvider.objects.select_for_update().filter(pk=provider.pk).first()
        if current is None or (current.issuer, current.client_id) != (provider.issuer, provider.client_id):
            raise SsoError("off")
        link = SsoLink.objects.select_related("user").filter(provider=provider, subject=subject).first()
        return _known(provider, identity, link.user) if link else _first_time(provider, identity, subject)


def _known(provider: IdentityProvider, identity: Identity, user: User) -> User:
    if not may_sign_in(user):
        raise SsoError("closed")
    if not _is_member(provider, user):
        raise SsoError("no-membership")
    # Somebody who signs in here with a private address by now has left the mailbox that the domain's owner reads.
    if User.objects.find_by_email(identity.email) != user and not _is_of_the_domains(provider, domain_of(user)):
        raise SsoError("foreign-domain")
    return user


def _first_time(provider: IdentityProvider, identity: Identity, subject: str) -> User:
    user = User.objects.find_by_email(identity.email)
    if user and not user.is_verified:
        free_address(identity.email)  # whoever opened it never showed that the mailbox is theirs
        user = None
    is_new = user is None
    if user is None:
        user = _new(provider, identity)
    elif not may_sign_in(user):
        raise SsoError("closed")
    elif user.sso_links.filter(provider=provider).exists():
        raise SsoError("other-subject")
    elif not _is_member(provider, user):
        _join(provider, user, None)
    user.sso_links.create(provider=provider, subject=subject)
    event = record_event(Actor.user(user.pk), Action.FACTOR_ADDED, target=user.pk, factor=Proof.SSO)
    if not is_new:
        tell("factor-added", event.pk, [user.pk])
    return user


def _new(provider: IdentityProvider, identity: Identity) -> User:
    if not provider.makes_accounts:
        raise SsoError("no-account")
    user = User.objects.create_user(identity.email, None, name=identity.name or None, email_verified_at=timezone.now())
    record_event(SIGN_IN, Action.ACCOUNT_CREATED, target=user.pk, organization_id=provider.organization_id)
    _join(provider, user, Contact(identity.name, identity.email))
    return user


def _join(provider: IdentityProvider, user: User, contact: Contact | None) -> None:
    # Who was a member before was removed by somebody, who did not mean until their next sign-in.
    if not provider.makes_accounts or given_role(provider.organization_id, user.pk).version:
        raise SsoError("no-membership")
    free = free_seats(provider.organization)  # beside those that are kept for who is invited
    if free is not None and free < 1:
        raise SsoError("full")
    role = Role.DEVELOPER if provider.newcomers == Role.DEVELOPER else Role.VIEWER
    try:
        add_member(SIGN_IN, organization=provider.organization, user=user, role=role, contact=contact)
    except AddressRefused:
        raise SsoError("foreign-domain") from None


def _is_member(provider: IdentityProvider, user: User) -> bool:
    return Membership.objects.filter(organization_id=provider.organization_id, user=user).exists()


def _is_of_the_domains(provider: IdentityProvider, domain: str) -> bool:
    return provider.organization.domains.verified().filter(domain=domain).exists()
