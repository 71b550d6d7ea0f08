"""How purposes read, in which order and under which heading. What they open stands in vault/purposes.py alone.

A leaf belongs to the members only if its purpose is theirs *and* one of them is the actor. What the program may do for
them, such as reading a role before it sends an invitation, is the system's. Whatever fits no heading, an unknown
purpose too, is `OTHER`: it is counted and shown, never left out.
"""

from dataclasses import dataclass
from enum import StrEnum

from ledger.actor import ActorKind
from vault.purposes import RULES


class Group(StrEnum):
    PERSON = "person"
    SYSTEM = "system"
    MEMBERS = "members"
    OTHER = "other"


# Of members each page has a heading of its own; see trust/whose.py.
HEADINGS = {
    Group.PERSON: "By a person",
    Group.SYSTEM: "By a system",
    Group.OTHER: "By somebody else",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A purpose as people read it; `colour` is its number in the palette of the charts."""

    id: str
    name: str
    group: Group
    colour: int


PURPOSES = (
    Shown("legal-obligation", "Legal obligation", Group.PERSON, 3),
    Shown("acceptable-use", "Acceptable use", Group.PERSON, 4),
    Shown("support-request", "Support request", Group.PERSON, 2),
    Shown("email-notification", "Email notification", Group.SYSTEM, 0),
    Shown("sms", "SMS", Group.SYSTEM, 1),
    Shown("webhook-signing", "Webhook signing", Group.SYSTEM, 2),
    Shown("single-sign-on", "Single sign-on", Group.SYSTEM, 3),
    Shown("billing", "Billing", Group.SYSTEM, 5),
    Shown("re-keying", "Re-keying", Group.SYSTEM, 6),
    Shown("erasure", "Erasure", Group.SYSTEM, 6),
    Shown("own-account", "Own account", Group.MEMBERS, 0),
    Shown("authentication", "Authentication", Group.MEMBERS, 3),
    Shown("authorization", "Authorization", Group.MEMBERS, 6),
    Shown("team-administration", "Team administration", Group.MEMBERS, 1),
)
BY_ID = {purpose.id: purpose for purpose in PURPOSES}
# Who else than members opens under these is a part of the program: the unsealer admits nobody more.
_PROGRAM = {purpose.value for purpose, rule in RULES.items() if ActorKind.SYSTEM.value in rule.actors}


def of(group: Group) -> tuple[Shown, ...]:
    return tuple(purpose for purpose in PURPOSES if purpose.group is group)


def named(purpose: str) -> Shown:
    """Return the purpose as it reads; one that the table does not know keeps its own name."""
    return BY_ID.get(purpose) or Shown(purpose, purpose or "No purpose", Group.OTHER, 6)


def group_of(purpose: str, by_member: bool) -> Group:
    group = named(purpose).group
    if group is not Group.MEMBERS or by_member:
        return group
    return Group.SYSTEM if purpose in _PROGRAM else Group.OTHER
