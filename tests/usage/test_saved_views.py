"""Saved views: a member's own, by name; what they hold is what the page understood."""

import pytest
from django.test import Client

from accounts.models import Organization, Project, User
from keys.models import ApiKey
from tests.usage.support import URL
from usage.models import SavedView
from usage.saved_views import LONGEST_NAME, LONGEST_QUERY, MOST, Unsaved, save_view

pytestmark = pytest.mark.django_db
VIEWS = URL + "views/"


def save(client: Client, name: str = "Errors", query: str = "metric=errors&range=7d") -> str:
    return client.post(VIEWS, {"name": name, "query": query})["Location"]


def test_a_view_is_saved_as_the_page_understands_it_and_opens_it_again(as_member: Client, project: Project) -> None:
    address = save(as_member, "  Errors \n of\0 Platform ", f"metric=errors&range=x&project={project.slug}&next=//evil")
    view = SavedView.objects.get()
    assert (view.name, view.query) == (
        "Errors of Platform",
        f"range=30d&metric=errors&group=model&project={project.slug}",
    )
    assert address == f"{URL}?{view.query}"
    page = as_member.get(VIEWS)
    assert f"?{view.query}".replace("&", "&amp;") in page.content.decode()
    assert as_member.get(page.context["views"][0]["url"]).context["selection"].measure.id == "errors"


def test_the_name_of_another_view_replaces_it(as_member: Client) -> None:
    save(as_member)
    save(as_member, query="metric=requests")
    assert "metric=requests" in SavedView.objects.get().query


def test_a_view_needs_a_name_and_a_range_that_can_be_shown(as_member: Client) -> None:
    for name, query, says in (
        (" ", "", "Give the view a name"),
        ("Broken", "range=custom&from=x&to=y", "Give both ends"),
    ):
        page = as_member.get(save(as_member, name, query))
        assert says in page.content.decode()
    assert not SavedView.objects.exists()
    save(as_member, "W" * 500)
    assert SavedView.objects.get().name == "W" * LONGEST_NAME


def test_a_member_keeps_so_many_and_no_endless_one(as_member: Client, member: User) -> None:
    membership = member.memberships.get()
    for number in range(MOST):
        save_view(membership, name=str(number), query="")
    assert "is not saved" in as_member.get(save(as_member)).content.decode()
    save_view(membership, name="0", query="metric=errors")
    with pytest.raises(Unsaved):
        save_view(membership, name="1", query="x" * (LONGEST_QUERY + 1))
    assert SavedView.objects.count() == MOST


def test_a_name_is_text_and_no_markup(as_member: Client) -> None:
    save(as_member, "<script>alert(1)</script>")
    assert "<script>alert" not in as_member.get(VIEWS).content.decode()


def test_views_are_ones_own_even_for_the_owner(as_owner: Client, as_member: Client) -> None:
    save(as_member)
    view = SavedView.objects.get()
    assert as_owner.get(VIEWS).context["views"] == []
    assert as_owner.post(f"{VIEWS}{view.pk}/deletion/").status_code == 404
    assert as_member.post(f"{VIEWS}{view.pk}/deletion/")["Location"] == VIEWS
    assert as_member.post(f"{VIEWS}{view.pk}/deletion/").status_code == 404
    assert not SavedView.objects.exists()


def test_an_outsider_reaches_none(as_member: Client, as_outsider: Client, client: Client) -> None:
    save(as_member)
    view = SavedView.objects.get()
    assert as_outsider.get(VIEWS).status_code == as_outsider.post(VIEWS, {"name": "x"}).status_code == 404
    for path in (VIEWS, "/o/outsiders/usage/views/"):
        assert as_outsider.post(f"{path}{view.pk}/deletion/").status_code == 404
    assert client.get(VIEWS)["Location"].startswith("/sign-in/")
    assert client.post(f"{VIEWS}{view.pk}/deletion/")["Location"].startswith("/sign-in/")
    assert SavedView.objects.count() == 1


def test_no_view_names_what_its_member_does_not_see(as_outsider: Client, key: ApiKey) -> None:
    asked = {"name": "Spy", "query": f"key={key.pk}"}
    assert as_outsider.post("/o/outsiders/usage/views/", asked).status_code == 404


def test_views_go_with_the_membership(as_member: Client, member: User, organization: Organization) -> None:
    save(as_member)
    organization.memberships.get(user=member).delete()
    assert not SavedView.objects.exists()


def test_deleting_takes_a_post(as_member: Client) -> None:
    save(as_member)
    assert as_member.get(f"{VIEWS}{SavedView.objects.get().pk}/deletion/").status_code == 405
