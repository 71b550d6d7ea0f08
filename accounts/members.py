"""Members as who manages them sees them: the directory gives names, the memberships the rest, some at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import directory
from accounts.entries import Entry
from accounts.models import Membership, Organization, Passkey, Role, Totp
from accounts.policy import Access
from accounts.roles import open_access
from ledger.actor import Actor

RECENT = timedelta(days=30)


class Factor(StrEnum):
    """What somebody signs in with beside a password."""

    PASSKEY = "passkey"
    APP = "app"
    NONE = "none"


class Activity(StrEnum):
    RECENT = "recent"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which members are wanted; None for any."""

    role: Role | None = None
    factor: Factor | None = None
    activity: Activity | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Member:
    """`access` is None for somebody whose role no recorded change gave."""

    membership_id: UUID
    user_id: UUID
    name: str
    email: str
    access: Access | None
    passkeys: int
    has_app: bool
    joined_at: datetime
    seen_at: datetime | None

    @property
    def factor(self) -> Factor:
        return _factor(self.passkeys, self.has_app)


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    members: list[Member]
    total: int  # of all that fit


def find(
    actor: Actor, organization: Organization, selection: Selection, *, text: str = "", start: int = 0, count: int
) -> Found:
    """Return some of the members that fit, by name: two leaves, and queries that do not grow with their number."""
    page = directory.page(
        actor,
        organization=organization,
        text=text,
        role=selection.role or "",
        keep=_keep(organization, selection),
        start=start,
        count=count,
    )
    return Found(_members(actor, organization, page.entries), page.total)


def all_of(actor: Actor, organization: Organization, selection: Selection, size: int) -> Iterator[list[Member]]:
    """Return all members that fit, by name, so many at a time; the directory opens once."""
    page = directory.page(
        actor, organization=organization, role=selection.role or "", keep=_keep(organization, selection)
    )
    for start in range(0, page.total, size):
        yield _members(actor, organization, page.entries[start : start + size])


def chosen(actor: Actor, organization: Organization, memberships: Sequence[Membership]) -> list[Member]:
    """Return these members, by name."""
    users = {membership.user_id for membership in memberships}
    entries = directory.entries_of(actor, organization=organization, user_ids=users)
    return _members(actor, organization, list(entries.values()))


def factors_of(memberships: QuerySet[Membership]) -> dict[UUID, Factor]:
    """Return by user what members sign in with beside a password, in one query."""
    return {
        each.user_id: _factor(each.passkeys, each.has_app)  # type: ignore[attr-defined]  # annotated
        for each in _with_factors(memberships)
    }


def project_names(limited: Mapping[UUID, Role] | None, names: Mapping[UUID, str]) -> str:
    """Return the projects that somebody is limited to, as far as the reader, who knows `names`, sees them."""
    if limited is None:
        return _("Every project")
    known = sorted(names[each] for each in limited if each in names)
    hidden = len(limited) - len(known)
    others = (_("%(count)s more") if known else _("%(count)s others")) % {"count": hidden}
    return ", ".join([*known, *([others] if hidden else [])]) or _("No project")


def _members(actor: Actor, organization: Organization, entries: Sequence[Entry]) -> list[Member]:
    users = [entry.user_id for entry in entries]
    found = _with_factors(Membership.objects.filter(organization=organization, user__in=users))
    memberships = {membership.user_id: membership for membership in found}
    access = open_access(actor, organization, list(memberships.values()))
    return [
        _member(entry, memberships[entry.user_id], access.get(entry.user_id))
        for entry in entries
        if entry.user_id in memberships
    ]


def _factor(passkeys: int, has_app: bool) -> Factor:
    return Factor.PASSKEY if passkeys else Factor.APP if has_app else Factor.NONE


def _with_factors(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    own = Passkey.objects.filter(user=OuterRef("user")).order_by().values("user")
    app = Totp.objects.filter(user=OuterRef("user"), confirmed_at__isnull=False)
    counted = Coalesce(own.annotate(number=Count("pk")).values("number"), 0)
    return memberships.annotate(passkeys=counted, has_app=Exists(app))


def _member(entry: Entry, membership: Membership, access: Access | None) -> Member:
    return Member(
        membership_id=membership.pk,
        user_id=entry.user_id,
        name=entry.name,
        email=entry.email,
        access=access,
        passkeys=membership.passkeys,  # type: ignore[attr-defined]  # annotated
        has_app=membership.has_app,  # type: ignore[attr-defined]  # annotated
        joined_at=membership.created_at,
        seen_at=membership.seen_at,
    )


def _keep(organization: Organization, selection: Selection) -> Callable[[bytes], bool] | None:
    """Return what tells whether a member fits beside name and role; None if everybody does.

    Who has no factor, or was not here lately, is whoever is not among those who have, or were: mostly the fewer.
    """
    wanted: list[set[bytes]] = []
    unwanted: list[set[bytes]] = []
    memberships = Membership.objects.filter(organization=organization)
    passkey = Exists(Passkey.objects.filter(user=OuterRef("user")))
    app = Exists(Totp.objects.filter(user=OuterRef("user"), confirmed_at__isnull=False))
    match selection.factor:
        case Factor.PASSKEY:
            wanted.append(_users(memberships.filter(passkey)))
        case Factor.APP:
            wanted.append(_users(memberships.filter(app, ~passkey)))
        case Factor.NONE:
            unwanted.append(_users(memberships.filter(passkey | app)))
    seen = memberships.filter(seen_at__gte=timezone.now() - RECENT)
    match selection.activity:
        case Activity.RECENT:
            wanted.append(_users(seen))
        case Activity.IDLE:
            unwanted.append(_users(seen))
    if not (wanted or unwanted):
        return None
    return lambda own: all(own in each for each in wanted) and not any(own in each for each in unwanted)


def _users(memberships: QuerySet[Membership]) -> set[bytes]:
    return {user_id.bytes for user_id in memberships.values_list("user", flat=True)}
