"""How addresses stand to an organization: who is a member, who is invited, and whom it may not write to.

What must be known of all addresses is read once, by their blind indexes: no address opens.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone

from accounts import security_rules, strangers
from accounts.models import EmailIndex, Invitation, InvitationIndex, Organization
from vault.unsealer import unsealer

_Index = tuple[int, bytes]


class Verdict(StrEnum):
    """What became of one address."""

    INVITED = "invited"
    MEMBER = "member"
    ALREADY = "already"  # and the invitation is open
    REFUSED = "refused"  # by its owner
    TODAY = "today"  # it had a letter of this organization
    TOO_MANY = "too-many"  # letters of this organization today
    NO_SEAT = "no-seat"
    DOMAIN = "domain"  # that the organization's security rules do not admit


class _Indexes(NamedTuple):
    sign_in: list[_Index]
    invited: list[_Index]


class Addressees:
    def __init__(self, organization: Organization, addresses: Sequence[str]) -> None:
        self._organization = organization
        self._indexes = {address: self._indexes_of(address) for address in addresses}
        self._members = self._found_members()
        self._invitations = self._found_invitations()
        self._refused = strangers.refused(organization.pk, addresses)

    def verdict(self, address: str) -> Verdict | None:
        """Return what keeps an address from being invited, whoever asks and whenever; None if nothing does."""
        if self._members.intersection(self._indexes[address].sign_in):
            return Verdict.MEMBER
        if not security_rules.admits_address(self._organization, address):
            return Verdict.DOMAIN
        former = self.invitation(address)
        if former and former.expires_at > timezone.now() and former.voided_at is None:
            return Verdict.ALREADY
        return Verdict.REFUSED if address in self._refused else None

    def invitation(self, address: str) -> Invitation | None:
        """Return the invitation of an address, also one that is over."""
        own = self._indexes[address].invited
        return next((self._invitations[each] for each in own if each in self._invitations), None)

    def invited(self, address: str) -> list[_Index]:
        """Return the indexes by which an invitation of this address is found."""
        return self._indexes[address].invited

    def _indexes_of(self, address: str) -> _Indexes:
        ask = unsealer().index_email
        both = (ask(address), ask(address, self._organization.pk))
        return _Indexes(*([(index.version, index.value) for index in indexes] for indexes in both))

    def _found_members(self) -> set[_Index]:
        values = [value for own in self._indexes.values() for _, value in own.sign_in]
        found = EmailIndex.objects.filter(value__in=values, user__memberships__organization=self._organization)
        return {(version, bytes(value)) for version, value in found.values_list("version", "value")}

    def _found_invitations(self) -> dict[_Index, Invitation]:
        values = [value for own in self._indexes.values() for _, value in own.invited]
        found = InvitationIndex.objects.select_related("invitation").filter(value__in=values)
        return {(each.version, bytes(each.value)): each.invitation for each in found}
