"""How purposes read, in which order and under which heading. What they open stands in vault/purposes.py alone.

A leaf belongs to the members only if its purpose is theirs *and* one of them is the actor. What the program may do for
them, such as reading a role before it sends an invitation, is the system's. Whatever fits no heading, an unknown
purpose too, is `OTHER`: it is counted and shown, never left out.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.actor import ActorKind
from vault.purposes import RULES


class Group(StrEnum):
    PERSON = "person"
    SYSTEM = "system"
    MEMBERS = "members"
    OTHER = "other"


# Of members each page has a heading of its own; see trust/whose.py.
HEADINGS = {
    Group.PERSON: gettext_lazy("By a person"),
    Group.SYSTEM: gettext_lazy("By a system"),
    Group.OTHER: gettext_lazy("By somebody else"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A purpose as people read it; `colour` is its number in the palette of the charts."""

    id: str
    name: str | Promise
    group: Group
    colour: int


PURPOSES = (
    Shown("legal-obligation", gettext_lazy("Legal obligation"), Group.PERSON, 3),
    Shown("acceptable-use", gettext_lazy("Acceptable use"), Group.PERSON, 4),
    Shown("support-request", gettext_lazy("Support request"), Group.PERSON, 2),
    Shown("email-notification", gettext_lazy("Email notification"), Group.SYSTEM, 0),
    Shown("sms", gettext_lazy("SMS"), Group.SYSTEM, 1),
    Shown("webhook-signing", gettext_lazy("Webhook signing"), Group.SYSTEM, 2),
    Shown("single-sign-on", gettext_lazy("Single sign-on"), Group.SYSTEM, 3),
    Shown("billing", gettext_lazy("Billing"), Group.SYSTEM, 5),
    Shown("re-keying", gettext_lazy("Re-keying"), Group.SYSTEM, 6),
    Shown("erasure", gettext_lazy("Erasure"), Group.SYSTEM, 6),
    Shown("own-account", gettext_lazy("Own account"), Group.MEMBERS, 0),
    Shown("own-content", gettext_lazy("Own content"), Group.MEMBERS, 4),
    Shown("authentication", gettext_lazy("Authentication"), Group.MEMBERS, 3),
    Shown("authorization", gettext_lazy("Authorization"), Group.MEMBERS, 6),
    Shown("team-administration", gettext_lazy("Team administration"), Group.MEMBERS, 1),
)
BY_ID = {purpose.id: purpose for purpose in PURPOSES}
# Who else than members opens under these is a part of the program: the unsealer admits nobody more.
_PROGRAM = {purpose.value for purpose, rule in RULES.items() if ActorKind.SYSTEM.value in rule.actors}


def of(group: Group) -> tuple[Shown, ...]:
    return tuple(purpose for purpose in PURPOSES if purpose.group is group)


def named(purpose: str) -> Shown:
    """Return the purpose as it reads; one that the table does not know keeps its own name."""
    return BY_ID.get(purpose) or Shown(purpose, purpose or _("No purpose"), Group.OTHER, 6)


def group_of(purpose: str, by_member: bool) -> Group:
    group = named(purpose).group
    if group is not Group.MEMBERS or by_member:
        return group
    return Group.SYSTEM if purpose in _PROGRAM else Group.OTHER
