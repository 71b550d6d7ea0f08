"""Members as the pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.members import Factor, Member, project_names
from accounts.models import User
from accounts.role_words import role_name


@dataclass(frozen=True, slots=True, repr=False)
class MemberRow:
    id: UUID
    title: str  # the name, or the address of who has none
    email: str  # empty where it is the title
    role: str
    projects: str
    factor: str
    tone: str
    seen_at: datetime | None
    joined_at: datetime
    is_you: bool
    url: str


def member_rows(slug: str, members: Sequence[Member], projects: Mapping[UUID, str], reader: User) -> list[MemberRow]:
    return [member_row(slug, member, projects, reader) for member in members]


def member_row(slug: str, member: Member, projects: Mapping[UUID, str], reader: User) -> MemberRow:
    access = member.access
    factor, tone = factor_of(member)
    return MemberRow(
        id=member.membership_id,
        title=member.name or member.email,
        email=member.email if member.name else "",
        role=role_name(access.role) if access else _("None that counts"),
        projects=project_names(access.projects, projects) if access else "",
        factor=factor,
        tone=tone,
        seen_at=member.seen_at,
        joined_at=member.joined_at,
        is_you=member.user_id == reader.pk,
        url=reverse("members:member", args=[slug, member.membership_id]),
    )


def factor_of(member: Member) -> tuple[str, str]:
    """Return what somebody signs in with, in words, and the tone of it."""
    match member.factor:
        case Factor.PASSKEY:
            passkeys = _("Passkey") if member.passkeys == 1 else _("%(count)s passkeys") % {"count": member.passkeys}
            return (_("%(passkeys)s and app") % {"passkeys": passkeys} if member.has_app else passkeys), "ok"
        case Factor.APP:
            return _("App code"), "ok"
        case Factor.NONE:
            return _("None"), "warn"
