"""Whose record a page shows: an organization's or a person's own. Where its pages are, and how they speak."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Words:
    lead: str | Promise
    data: str | Promise
    members: str | Promise  # whose openings are expected, and not counted in the headline
    anyone: str | Promise  # but those
    only_members: str | Promise
    elsewhere: str | Promise  # what stands in another chain


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
    lead=gettext_lazy("Every opening of your organization’s sealed data, recorded first."),
    data=gettext_lazy("Your organization’s sealed data"),
    members=gettext_lazy("Your own members"),
    anyone=gettext_lazy("Anyone but members"),
    only_members=(
        gettext_lazy(
            "Only your own members caused openings: the console checked their roles or showed them their own data."
        )
    ),
    elsewhere=(
        gettext_lazy(
            "Names, addresses and phone numbers belong to each member: their openings stand in the member’s own chain,"
            " not in this one."
        )
    ),
)
_PERSON = Words(
    lead=gettext_lazy("Every opening of your sealed data, recorded first."),
    data=gettext_lazy("Your sealed data"),
    members=gettext_lazy("You and your organizations’ members"),
    anyone=gettext_lazy("Anyone else"),
    only_members=(
        gettext_lazy(
            "Only you and members of your organizations caused openings: you saw your data, or they ran their team."
        )
    ),
    elsewhere=(
        gettext_lazy(
            "Your roles, and the directories that find you, belong to your organizations: their openings stand in the"
            " organization’s chain, not in this one."
        )
    ),
)


def organizations(slug: str) -> Whose:
    return Whose("trust", (slug,), slug, _ORGANIZATION)


PERSONS = Whose("own_access", (), "my", _PERSON)
