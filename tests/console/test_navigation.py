"""The navigation of an organization: what opens for one's role, on each of its pages."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, Role, User
from ledger.models import LeafBody
from llama_console.context import PAGES
from tests.console.test_palette import SLUG, limit

pytestmark = pytest.mark.django_db


def shown(client: Client, url: str) -> set[str]:
    """Return the addresses that the navigation of a page leads to."""
    return {item["url"] for group in client.get(url).context["nav"] for item in group["items"]}


@pytest.mark.parametrize("role", Role)
def test_each_page_leads_to_those_that_open_for_ones_role_and_to_no_others(
    as_member: Client, member: User, role: Role
) -> None:
    limit(member, role)
    urls = [reverse(name, args=[SLUG]) for _, _, name in PAGES]
    opened = {url for url in urls if as_member.get(url).status_code == 200}
    for url in opened:
        assert shown(as_member, url) == opened, url


def test_the_navigation_opens_no_role_by_itself(as_owner: Client, organization: Organization) -> None:
    before = LeafBody.objects.count()
    as_owner.get(f"/o/{SLUG}/settings/")
    assert LeafBody.objects.count() == before + 1
