"""Billing contacts: adding one, asking its owner, what they answer, and the end of it.

An address is written by somebody else than its owner, so it gets one question, by a link that is good once and for a
week. Whoever has the link may also have the address erased, at any time, and their no is remembered. An organization
asks so often an hour, and one address so often a day at most, however it adds and removes: nobody can flood a
stranger's mailbox.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import strangers
from accounts.actions.verification import hash_token
from accounts.contacts import addresses_of
from accounts.models import BillingContact, Organization, User
from accounts.models.billing_contact import QUESTION
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action, AuditEvent
from notifications import outbox, preferences
from vault.blind_index import normalise_email
from vault.purposes import Purpose

MAX_CONTACTS = 10  # of an organization
LIFETIME = timedelta(days=7)  # of a link
KEPT = timedelta(days=30)  # an address whose owner did not answer, from the end of the link on
_MOST_QUESTIONS, _WINDOW = 20, timedelta(hours=1)  # of an organization
_PURGE = Actor.system("worker")
LINK = Actor.system("contact-link")  # who answers proves to have the link, and nothing else of who they are


class TooMany(Exception):
    """The organization has as many contacts as it may have."""


class AlreadyThere(Exception):
    """The organization has a contact of that address."""


class Refused(Exception):
    """The owner of that address said no to this organization, not long ago."""


class TooOften(Exception):
    """The question went out so often lately that it has to wait."""


def add_contact(
    actor: Actor, *, organization: Organization, email: str, language: str, creator: User | None = None
) -> BillingContact:
    """Add an address and ask its owner; TooMany, AlreadyThere, Refused or TooOften where that can't be.

    Nothing is kept by which an address could be recognised: the few that there are open for the comparison, under the
    lock on the organization's row.
    """
    with transaction.atomic():
        _lock(organization)
        contacts = list(organization.billing_contacts.all())
        if len(contacts) >= MAX_CONTACTS:
            raise TooMany
        if normalise_email(email) in map(normalise_email, addresses_of(actor, contacts).values()):
            raise AlreadyThere
        if strangers.refused(organization.pk, [email]):
            raise Refused
        _refuse_too_often(organization, email)
        contact = organization.billing_contacts.create(email=email, language=language, created_by=creator)
        _ask(actor, Action.CONTACT_ADDED, contact, email)
    return contact


def ask_again(actor: Actor, contact: BillingContact) -> bool:
    """Send the question again, with a new link; False for a contact who has confirmed, TooOften if it has to wait."""
    with transaction.atomic():
        _lock(contact.organization)
        current = BillingContact.objects.filter(pk=contact.pk, confirmed_at=None).first()
        if current is None:
            return False
        address = addresses_of(actor, [current])[current.pk]
        _refuse_too_often(contact.organization, address)
        _ask(actor, Action.CONTACT_ASKED, current, address)
    return True


def issue_link(contact: BillingContact) -> str | None:
    """Make the token of a new link and end the older one; only its hash is kept. None for who has confirmed."""
    token = secrets.token_urlsafe(32)
    waiting = BillingContact.objects.filter(pk=contact.pk, confirmed_at=None)
    kept = waiting.update(token_hash=hash_token(token), token_expires_at=timezone.now() + LIFETIME)
    return token if kept else None


def find_asked(token: str) -> BillingContact | None:
    """Return who can confirm by a link; None for one that is unknown, too old, or was used."""
    return BillingContact.objects.asked(timezone.now()).filter(token_hash=hash_token(token)).first()


def find_by_link(token: str) -> BillingContact | None:
    """Return whose link it is, as long as there was no newer one."""
    return BillingContact.objects.filter(token_hash=hash_token(token)).first()


def confirm_contact(token: str) -> bool:
    """Take a yes, once; False for any link that is not good."""
    with transaction.atomic():
        contact = find_asked(token)
        if contact is None:
            return False
        asked = BillingContact.objects.asked(timezone.now()).filter(pk=contact.pk, token_hash=contact.token_hash)
        if not asked.update(confirmed_at=timezone.now()):
            return False
        _record(LINK, Action.CONTACT_CONFIRMED, contact)
    return True


def refuse_contact(token: str) -> bool:
    """Take a no: the address is erased at once, and the no is remembered. False for any link that is not good."""
    with transaction.atomic():
        contact = find_by_link(token)
        if contact is None:
            return False
        address = addresses_of(LINK, [contact], Purpose.ERASURE)[contact.pk]
        if not _erase(LINK, Action.CONTACT_REFUSED, contact):
            return False
        strangers.remember_refusal(contact.organization_id, address)
    return True


def remove_contact(actor: Actor, contact: BillingContact) -> bool:
    """Erase a contact; False for one that is gone."""
    with transaction.atomic():
        return _erase(actor, Action.CONTACT_REMOVED, contact)


def remove_contacts_of(actor: Actor, organization: Organization) -> None:
    """Erase all contacts of an organization that goes away."""
    for contact in organization.billing_contacts.all():
        remove_contact(actor, contact)


def purge_unanswered(now: datetime) -> int:
    """Erase the addresses of who never answered; return how many."""
    silent = BillingContact.objects.unanswered_since(now - KEPT)
    return sum(remove_contact(_PURGE, contact) for contact in silent)


def _lock(organization: Organization) -> None:
    """Lock an organization for its contacts' sake; rows that refer to it can still be added."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _refuse_too_often(organization: Organization, address: str) -> None:
    asked = AuditEvent.objects.filter(
        organization_id=organization.pk,
        action__in=[Action.CONTACT_ADDED, Action.CONTACT_ASKED],
        at__gt=timezone.now() - _WINDOW,
    )
    if asked.count() >= _MOST_QUESTIONS or not strangers.admits("asked", organization.pk, address):
        raise TooOften


def _ask(actor: Actor, action: Action, contact: BillingContact, address: str) -> None:
    _record(actor, action, contact)
    strangers.put(QUESTION, contact.pk, address)


def _erase(actor: Actor, action: Action, contact: BillingContact) -> bool:
    if not BillingContact.objects.filter(pk=contact.pk).delete()[0]:
        return False
    outbox.cancel(contact.pk)
    preferences.forget(contact.pk)
    _record(actor, action, contact)
    return True


def _record(actor: Actor, action: Action, contact: BillingContact) -> None:
    record_event(actor, action, target=contact.pk, organization_id=contact.organization_id)
