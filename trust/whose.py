"""Whose record a page shows: an organization's or a person's own. Where its pages are, and how they speak."""

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Words:
    lead: str
    data: str
    members: str  # whose openings are expected, and not counted in the headline
    anyone: str  # but those
    only_members: str
    elsewhere: str  # what stands in another chain


@dataclass(frozen=True, slots=True)
class Whose:
    """`pages` is the namespace of the addresses, `args` what they take, `file` begins the names of downloads."""

    pages: str
    args: tuple[str, ...]
    file: str
    words: Words

    def url(self, page: str) -> str:
        return reverse(f"{self.pages}:{page}", args=self.args)


_ORGANIZATION = Words(
    lead="Every opening of your organization’s sealed data, recorded first.",
    data="Your organization’s sealed data",
    members="Your own members",
    anyone="Anyone but members",
    only_members=(
        "Only your own members caused openings: the console checked their roles or showed them their own data."
    ),
    elsewhere=(
        "Names, addresses and phone numbers belong to each member: their openings stand in the member’s own chain,"
        " not in this one."
    ),
)
_PERSON = Words(
    lead="Every opening of your sealed data, recorded first.",
    data="Your sealed data",
    members="You and your organizations’ members",
    anyone="Anyone else",
    only_members=(
        "Only you and members of your organizations caused openings: you saw your data, or they ran their team."
    ),
    elsewhere=(
        "Your roles, and the directories that find you, belong to your organizations: their openings stand in the"
        " organization’s chain, not in this one."
    ),
)


def organizations(slug: str) -> Whose:
    return Whose("trust", (slug,), slug, _ORGANIZATION)


PERSONS = Whose("own_access", (), "my", _PERSON)
