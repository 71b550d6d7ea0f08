"""Who sees and changes how an organization pays, and what all of them read where nobody is billed."""

import pytest
from django.test import Client

from accounts.actions import change_role
from accounts.models import Membership, Organization, Role, User
from billing.models import BillingAccount
from ledger.actor import Actor
from ledger.models import AuditEvent
from tests.accounts.test_step_up import age
from tests.billing.pages.conftest import ROOT, credit

pytestmark = pytest.mark.django_db
SEEN = ["", "credits/", "purchases/", "invoices/", "ledger/", "payment-methods/", "tax/"]
CHANGED = ["credit/", "auto-recharge/", "balance-warning/", "payment-methods/portal/", "cap/"]
FILES = ["ledger/export.csv", "ledger/export.json"]


def as_role(member: User, role: Role) -> None:
    change_role(Actor.operator(), membership=Membership.objects.get(user=member), role=role)


@pytest.mark.parametrize("page", [*SEEN, *FILES, *CHANGED])
@pytest.mark.parametrize("role", [Role.ADMIN, Role.BILLING])
def test_admins_and_the_billing_role_see_and_change_it(
    account: BillingAccount, as_member: Client, member: User, role: Role, page: str
) -> None:
    as_role(member, role)
    assert as_member.get(ROOT + page).status_code == 200


@pytest.mark.parametrize("page", [*SEEN, *FILES, *CHANGED])
@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.VIEWER])
def test_developers_and_viewers_do_not(
    account: BillingAccount, as_member: Client, member: User, role: Role, page: str
) -> None:
    as_role(member, role)
    assert as_member.get(ROOT + page).status_code == 403


@pytest.mark.parametrize("page", [*SEEN, *FILES, *CHANGED])
def test_an_outsider_finds_no_page_of_it(account: BillingAccount, as_outsider: Client, page: str) -> None:
    assert as_outsider.get(ROOT + page).status_code == 404


@pytest.mark.parametrize("page", CHANGED)
def test_a_lower_role_and_an_outsider_change_nothing(
    account: BillingAccount, as_member: Client, as_outsider: Client, page: str
) -> None:
    before = AuditEvent.objects.count()
    assert as_member.post(ROOT + page, {"cap": "5", "amount": "2500"}).status_code == 403
    assert as_outsider.post(ROOT + page, {"cap": "5", "amount": "2500"}).status_code == 404
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("page", CHANGED)
def test_changes_ask_again_who_one_is(account: BillingAccount, as_owner: Client, page: str) -> None:
    age(as_owner)
    for answer in (as_owner.get(ROOT + page), as_owner.post(ROOT + page, {"cap": "5"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/confirm/?next=")
    account.refresh_from_db()
    assert account.cap is None


@pytest.mark.parametrize("page", [*SEEN, *CHANGED])
def test_who_is_not_billed_reads_so_on_every_page(as_owner: Client, organization: Organization, page: str) -> None:
    answer = as_owner.get(ROOT + page)
    assert answer.status_code == 200
    assert "This organization is not billed" in answer.content.decode()
    assert not BillingAccount.objects.exists()


def test_who_is_not_billed_changes_nothing_and_has_no_file(as_owner: Client, organization: Organization) -> None:
    assert as_owner.post(ROOT + "cap/", {"cap": "5"}).status_code == 404
    assert as_owner.get(ROOT + "ledger/export.csv").status_code == 404


def test_a_lot_of_another_organization_is_none(
    account: BillingAccount, as_owner: Client, as_outsider: Client, outsider: User
) -> None:
    lot = credit(account)
    outsiders = Organization.objects.get(slug="outsiders")
    BillingAccount.objects.create(pk=outsiders.pk, mode="prepaid")
    assert as_owner.get(f"{ROOT}credits/{lot.pk}/").status_code == 200
    assert as_outsider.get(f"/o/outsiders/billing/credits/{lot.pk}/").status_code == 404
