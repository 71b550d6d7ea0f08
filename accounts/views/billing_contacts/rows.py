"""Contacts as the page shows them."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.contacts import addresses_of
from accounts.models import BillingContact, Organization
from ledger.actor import Actor
from notifications import fingerprints
from notifications.models import Channel, Suppression


@dataclass(frozen=True, slots=True, repr=False)
class ContactRow:
    """A contact: `note` says more of the state, and `at` is the moment that it speaks of."""

    address: str
    language: str
    state: str
    tone: str
    note: str
    at: datetime | None
    added: datetime
    question_url: str  # "" for who has answered
    removal_url: str


def contact_rows(actor: Actor, organization: Organization) -> list[ContactRow]:
    """Return the contacts of an organization, oldest first: two queries and one leaf, however many there are."""
    contacts = list(organization.billing_contacts.order_by("pk"))
    addresses = addresses_of(actor, contacts)
    prints = {pk: fingerprints.of_email(address) for pk, address in addresses.items()}
    suppressed = Suppression.objects.filter(channel=Channel.EMAIL, fingerprint__in=prints.values())
    unreachable = set(suppressed.values_list("fingerprint", flat=True))
    return [
        _row(organization.slug, each, addresses[each.pk], is_reachable=prints[each.pk] not in unreachable)
        for each in contacts
    ]


def _row(slug: str, contact: BillingContact, address: str, *, is_reachable: bool) -> ContactRow:
    state, tone, note, at = _state(contact, is_reachable=is_reachable)
    own = [slug, contact.pk]
    return ContactRow(
        address=address,
        language=contact.get_language_display(),
        state=state,
        tone=tone,
        note=note,
        at=at,
        added=contact.created_at,
        question_url="" if contact.confirmed_at else reverse("billing_contacts:question", args=own),
        removal_url=reverse("billing_contacts:removal", args=own),
    )


def _state(contact: BillingContact, *, is_reachable: bool) -> tuple[str, str, str, datetime | None]:
    """Return the state in a word, the tone of its badge, and what there is to say of it."""
    if not is_reachable:
        return _("Unreachable"), "bad", _("Mail came back, or was unwanted"), None
    if contact.confirmed_at:
        return _("Confirmed"), "ok", "", contact.confirmed_at
    ends = contact.token_expires_at
    if ends and ends <= timezone.now():
        return _("Waiting"), "off", _("The link ended"), ends
    return _("Waiting"), "off", _("The link ends") if ends else _("The email is on its way"), ends
