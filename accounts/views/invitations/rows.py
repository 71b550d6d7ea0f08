"""Invitations and verdicts as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.addressees import Verdict
from accounts.invitations import opened
from accounts.members import project_names
from accounts.models import Invitation, Organization
from accounts.models.invitation import LETTER
from accounts.role_words import role_name
from ledger.actor import Actor
from notifications import fingerprints
from notifications.models import Channel, OutboxMessage, Suppression

VERDICTS: dict[Verdict, tuple[str | Promise, str]] = {
    Verdict.INVITED: (gettext_lazy("Invited"), "ok"),
    Verdict.MEMBER: (gettext_lazy("Is a member already"), "off"),
    Verdict.ALREADY: (gettext_lazy("Has an invitation; you can send it again from the list"), "off"),
    Verdict.REFUSED: (gettext_lazy("Asked for no invitations from this organization"), "bad"),
    Verdict.TODAY: (gettext_lazy("Had an invitation today; try again tomorrow"), "warn"),
    Verdict.TOO_MANY: (gettext_lazy("Too many invitations today; try again tomorrow"), "warn"),
    Verdict.NO_SEAT: (gettext_lazy("No seat is free"), "bad"),
    Verdict.DOMAIN: (gettext_lazy("Is of a domain that the security rules do not admit"), "bad"),
}
NO_ADDRESS = (gettext_lazy("Is no email address"), "bad")


@dataclass(frozen=True, slots=True, repr=False)
class InvitationRow:
    address: str
    role: str
    projects: str
    state: str
    tone: str
    note: str
    sent: datetime
    expires: datetime
    resend_url: str
    revoke_url: str


def invitation_rows(actor: Actor, organization: Organization, invitations: Sequence[Invitation]) -> list[InvitationRow]:
    """Return rows of one organization's invitations: four queries and one leaf, however many there are."""
    found = opened(actor, invitations)
    prints = {pk: fingerprints.of_email(each.email) for pk, each in found.items()}
    suppressed = Suppression.objects.filter(channel=Channel.EMAIL, fingerprint__in=prints.values())
    unreachable = set(suppressed.values_list("fingerprint", flat=True))
    letters = _newest_letters(invitations)
    projects = dict(organization.projects.values_list("pk", "name"))
    return [
        InvitationRow(
            address=found[each.pk].email,
            role=role_name(found[each.pk].access.role),
            projects=project_names(found[each.pk].access.projects, projects),
            **_state(each, letters.get(each.pk), is_reachable=prints[each.pk] not in unreachable),
            sent=each.issued_at,
            expires=each.expires_at,
            resend_url=reverse("members:invitations:resending", args=[organization.slug, each.pk]),
            revoke_url=reverse("members:invitations:revocation", args=[organization.slug, each.pk]),
        )
        for each in invitations
    ]


def _newest_letters(invitations: Sequence[Invitation]) -> dict[UUID, OutboxMessage]:
    ids = [each.pk for each in invitations]
    letters = OutboxMessage.objects.filter(recipient_id__in=ids, kind=LETTER).order_by("pk")
    return {letter.recipient_id: letter for letter in letters}


def _state(invitation: Invitation, letter: OutboxMessage | None, *, is_reachable: bool) -> dict[str, str]:
    """Return the state in a word, the tone of its badge, and what there is to say of it."""
    if invitation.voided_at:
        why = _("Whoever invited may not give this role any more. Send it again to stand for it yourself.")
        return {"state": _("Void"), "tone": "bad", "note": why}
    if invitation.expires_at <= timezone.now():
        return {"state": _("Expired"), "tone": "off", "note": ""}
    if not is_reachable or (letter and letter.failed_at):
        return {"state": _("Not delivered"), "tone": "bad", "note": _("The email could not be delivered.")}
    if letter and letter.sent_at:
        return {"state": _("Sent"), "tone": "ok", "note": ""}
    if letter and letter.run_at > timezone.now() and not letter.attempts:
        return {
            "state": _("Waiting"),
            "tone": "off",
            "note": _("This mailbox had several letters; the email goes later."),
        }
    return {"state": _("Waiting"), "tone": "off", "note": _("The email is on its way.")}
