"""The sealed directory: who is in it, how they are found, and what each step leaves in the ledger."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts import directory
from accounts.actions import add_member, create_organization, sign_up
from accounts.entries import Contact, Entry, find, fold, pack, unpack
from accounts.models import Directory, Organization, Role, User
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import LeafBody
from tests.conftest import MIRA, PASSWORD, person
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose

pytestmark = pytest.mark.django_db


def found(organization: Organization, text: str) -> list[str]:
    return [entry.email for entry in directory.search(Actor.operator(), organization=organization, text=text)]


def leaves(tenant: Organization | User) -> list[str]:
    return list(LeafBody.objects.filter(tenant=tenant.pk).order_by("position").values_list("purpose", flat=True))


@pytest.mark.parametrize(
    "text", ["mira", "MEMBER", "a m", "mira@EXAMPLE", "  Mira   Member ", "\uff2d\uff29\uff32\uff21"]
)
def test_a_part_of_a_name_or_an_address_finds_in_any_spelling(
    organization: Organization, member: User, text: str
) -> None:
    assert found(organization, text) == ["mira@example.com"]


@pytest.mark.parametrize(
    "text", ["otto", "member mira", "member\nmira", "member\tmira", "member mira@", "%", "_", "<Entry>"]
)
def test_what_is_no_part_of_either_finds_nobody(
    organization: Organization, member: User, outsider: User, text: str
) -> None:
    assert found(organization, text) == []


def test_nothing_finds_everybody_by_name_and_no_more_than_asked_for(organization: Organization, member: User) -> None:
    assert found(organization, "") == ["mira@example.com", "olivia@example.com"]
    assert len(directory.search(Actor.operator(), organization=organization, text="", most=1)) == 1


def test_names_and_addresses_come_back_as_they_were_written() -> None:
    written = [Contact("Zoë\r\nOne", "Zoe@Example.com"), Contact("", "a@example.com"), Contact("a\tb", "ﬁ@example.com")]
    entries = {Entry.of(new_id(), contact) for contact in written}
    assert set(unpack(pack(entries))) == entries
    assert unpack(pack([])) == []


@pytest.mark.parametrize(("name", "text"), [("Straße", "STRASSE"), ("Zoe\u0308", "zoë"), ("ﬁnn", "Finn"), ("Ⅳ", "iv")])
def test_spellings_that_people_take_for_the_same_are_the_same(name: str, text: str) -> None:
    entries = [Entry.of(new_id(), Contact(name, "a@example.com"))]
    assert find(pack(entries), text, 1) == unpack(pack(entries)) == entries
    assert fold(fold(name)) == fold(name)


def test_a_search_in_many_members_is_one_leaf_of_the_organization(organization: Organization, owner: User) -> None:
    for n in range(5):
        joined = Contact(f"Person {n}", f"{n}@example.com")
        user = person(joined.email, name=joined.name)
        add_member(Actor.operator(), organization=organization, user=user, role=Role.VIEWER, contact=joined)
    before = LeafBody.objects.count()
    actor = Actor.user(owner.pk)
    assert len(directory.search(actor, organization=organization, text="person")) == 5
    assert LeafBody.objects.count() == before + 1
    leaf = LeafBody.objects.latest("position")
    assert (leaf.tenant, leaf.purpose, leaf.actor) == (organization.pk, "team-administration", str(actor))
    assert '"fields":["accounts.Directory.entries"]' in leaf.text


def test_signing_up_opens_nothing_and_enters_the_owner() -> None:
    sign_up(email="new@example.com", password=PASSWORD, organization_name="Newcomers")
    assert not LeafBody.objects.exists()
    assert found(Organization.objects.get(), "NEW@") == ["new@example.com"]


def test_adding_somebody_at_hand_opens_the_directory_alone(organization: Organization) -> None:
    mira = person(MIRA.email, name=MIRA.name)
    add_member(Actor.operator(), organization=organization, user=mira, role=Role.VIEWER, contact=MIRA)
    assert (leaves(organization), leaves(mira)) == (["team-administration"], [])


def test_adding_somebody_who_is_not_at_hand_opens_them_for_the_one_who_adds(
    organization: Organization, owner: User
) -> None:
    mira = person(MIRA.email, name=MIRA.name)
    add_member(Actor.user(owner.pk), organization=organization, user=mira, role=Role.VIEWER)
    assert (leaves(organization), leaves(mira)) == (["team-administration"], ["team-administration"])
    assert LeafBody.objects.get(tenant=mira.pk).actor == f"user:{owner.pk}"
    assert found(organization, "mira") == ["mira@example.com"]


def test_a_person_without_a_name_is_found_by_address(organization: Organization) -> None:
    add_member(Actor.operator(), organization=organization, user=person("noname@example.com"), role=Role.VIEWER)
    assert found(organization, "noname") == ["noname@example.com"]


def test_a_member_who_could_not_be_entered_is_not_added(organization: Organization) -> None:
    with pytest.raises(VaultError):
        add_member(Actor.staff("sam"), organization=organization, user=person(MIRA.email), role=Role.VIEWER)
    assert organization.memberships.count() == 1


def test_who_is_forgotten_is_found_no_more(organization: Organization, member: User) -> None:
    directory.forget_member(Actor.operator(), organization=organization, user=member, purpose=Purpose.ERASURE)
    assert found(organization, "") == ["olivia@example.com"]
    assert leaves(organization)[-2] == "erasure"


def test_a_new_name_counts_in_every_organization_of_a_person(organization: Organization, member: User) -> None:
    other = create_organization(Actor.operator(), name="Another", owner=member, contact=MIRA)
    member.name = "Mira Married"
    member.save()
    directory.refresh_member(Actor.user(member.pk), user=member)
    for each in (organization, other):
        assert found(each, "married") == found(each, "mira") == ["mira@example.com"]
    assert leaves(member) == ["team-administration"]


def test_an_organization_older_than_directories_gets_its_own_at_the_first_search(
    organization: Organization, owner: User
) -> None:
    organization.directory.delete()
    mira = person(MIRA.email, name=MIRA.name)
    add_member(Actor.operator(), organization=organization, user=mira, role=Role.VIEWER)
    assert not Directory.objects.exists()
    assert found(organization, "") == ["mira@example.com", "olivia@example.com"]
    assert leaves(owner) == leaves(mira) == ["team-administration"]


def test_a_directory_opens_for_no_other_organization(organization: Organization, outsider: User) -> None:
    sealed = Directory.objects.get(organization=organization)
    foreign = Organization.objects.get(slug="outsiders")
    scope = {"tenant": foreign.pk, "subjects": [sealed.pk], "fields": [Directory.entries]}
    with (
        disclose(Purpose.TEAM_ADMINISTRATION, actor=Actor.user(outsider.pk), **scope) as opened,
        pytest.raises(VaultError),
    ):
        opened.open(sealed.entries)


def test_a_directory_is_as_long_with_one_member_as_with_thirty(organization: Organization) -> None:
    before = len(Directory.objects.get().entries.record())
    for n in range(29):
        known = Contact(f"Person {n}", f"{n}@example.com")
        user = person(known.email)
        directory.enter_member(Actor.operator(), organization=organization, user=user, contact=known)
    assert len(Directory.objects.get().entries.record()) == before


def test_entries_show_nobody() -> None:
    assert repr([Entry.of(new_id(), MIRA), MIRA]).count("Mira") == 0


def test_the_command_builds_what_is_missing_and_says_where_it_is(
    organization: Organization, member: User, outsider: User
) -> None:
    organization.directory.delete()
    output = StringIO()
    call_command("rebuild_directories", missing=True, stdout=output)
    assert output.getvalue() == "1 of 1: llamas-of-lisbon, 2 members\n"
    assert found(organization, "") == ["mira@example.com", "olivia@example.com"]
    with pytest.raises(CommandError, match="no organization nobody"):
        call_command("rebuild_directories", organization="nobody")
