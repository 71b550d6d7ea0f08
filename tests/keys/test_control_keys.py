"""What other gateways show to be believed, and what they learn of keys."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions import add_member, change_role, create_organization
from accounts.entries import Contact
from accounts.models import Membership, Organization, Project, Role, SecuritySettings, User
from accounts.policy import Permission
from billing.actions.terms import set_terms
from billing.funds import funds_of
from billing.models import BillingAccount, Budget, Mode
from billing.permits import Permit
from gateway.addresses import parsed
from gateway.control.rooms import DjangoControlRooms
from keys import changes
from keys.actions import issue_key, revoke_key
from keys.admin.actions import issue_admin_key, revoke_admin_key
from keys.admin.scopes import OF_GATEWAYS
from keys.control.actions import issue_control_key, revoke_control_key
from keys.control.credentials import find_credential
from keys.control.standing import places, standings
from keys.models import ApiKey, ControlKey, Level, Limits
from keys.secrets import CONTROL_PREFIX, hash_secret, is_well_formed, new_secret
from ledger.actor import Actor
from ledger.models import Action, AuditEvent

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
OTTO = Contact("Otto Outside", "otto@example.com")


@pytest.fixture
def elsewhere() -> Project:
    """Otto's organization."""
    otto = User.objects.create_user(OTTO.email, None, email_verified_at=timezone.now(), name=OTTO.name)
    return create_organization(OPERATOR, name="Ottos", owner=otto, contact=OTTO).projects.get()


def gateway_key(organization: Organization, creator: User | None, *scopes: Permission) -> str:
    return issue_admin_key(
        OPERATOR, organization=organization, name="Gateway", scopes=scopes or OF_GATEWAYS, creator=creator
    )[1]


def test_the_commands_that_operators_script() -> None:
    out = StringIO()
    call_command("issue_control_key", name="Edge", stdout=out, stderr=StringIO())
    secret = out.getvalue().splitlines()[-1]
    assert is_well_formed(secret, CONTROL_PREFIX)
    key = ControlKey.objects.get()
    listed = StringIO()
    call_command("control_keys", stdout=listed)
    assert f"{key.pk}  llg_…{secret[-4:]}" in listed.getvalue()
    assert secret not in listed.getvalue()
    said = StringIO()
    call_command("revoke_control_key", str(key.pk), stdout=said)
    call_command("revoke_control_key", secret, stdout=said)
    assert said.getvalue().splitlines() == [f"{key.hint} is revoked.", f"{key.hint} was revoked before."]
    assert find_credential(secret) is None
    events = AuditEvent.objects.filter(target=str(key.pk)).order_by("id")
    assert [event.action for event in events] == [Action.CONTROL_KEY_CREATED, Action.CONTROL_KEY_REVOKED]
    assert {event.organization_id for event in events} == {None}
    for wrong in ("", " ", "x" * 81, "two\nlines"):
        with pytest.raises(CommandError):
            call_command("issue_control_key", name=wrong)
    with pytest.raises(CommandError):
        call_command("revoke_control_key", "llg_nothing")


def test_an_operator_s_key_speaks_for_all_and_an_organization_s_for_its_own(
    organization: Organization, owner: User
) -> None:
    key, secret = issue_control_key(OPERATOR, name="Edge")
    credential = find_credential(secret)
    assert credential
    assert (credential.organization_id, credential.permissions) == (None, OF_GATEWAYS)
    own = find_credential(gateway_key(organization, owner))
    assert own
    assert (own.organization_id, own.permissions) == (organization.pk, OF_GATEWAYS)
    revoke_control_key(OPERATOR, key)
    assert find_credential(secret) is None


@pytest.mark.parametrize("prefix", ["", "llg_", "llk_", "lla_"])
def test_other_secrets_are_nobody_s(prefix: str) -> None:
    assert find_credential(prefix) is None
    assert find_credential(new_secret(prefix)) is None


def test_an_admin_key_has_what_was_named_and_its_maker_may(organization: Organization, member: User) -> None:
    membership = Membership.objects.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.ADMIN)
    secret = gateway_key(organization, member, Permission.VERIFY_KEYS, Permission.VIEW_KEYS)
    credential = find_credential(secret)
    assert credential
    assert credential.permissions == {Permission.VERIFY_KEYS}
    change_role(OPERATOR, membership=Membership.objects.get(user=member), role=Role.DEVELOPER)
    demoted = find_credential(secret)
    assert demoted
    assert not demoted.permissions


def test_the_organization_s_networks_come_along(organization: Organization, owner: User) -> None:
    SecuritySettings.objects.create(organization=organization, networks=["203.0.113.0/24"])
    credential = find_credential(gateway_key(organization, owner))
    assert credential
    assert credential.comes_from(parsed("203.0.113.5"))
    assert not credential.comes_from(parsed("192.0.2.1"))
    assert not credential.comes_from(None)


def test_whatever_a_gateway_is_believed_by_is_watched(organization: Organization, owner: User) -> None:
    control, _ = issue_control_key(OPERATOR, name="Edge")
    admin, _ = issue_admin_key(OPERATOR, organization=organization, name="x", scopes=OF_GATEWAYS, creator=owner)
    otto = User.objects.create_user(OTTO.email, None, email_verified_at=timezone.now(), name=OTTO.name)
    add_member(OPERATOR, organization=organization, user=otto, role=Role.ADMIN, contact=OTTO)
    deeds: list[Callable[[], object]] = [
        lambda: revoke_control_key(OPERATOR, control),
        lambda: revoke_admin_key(OPERATOR, admin),
        lambda: change_role(OPERATOR, membership=Membership.objects.get(user=otto), role=Role.VIEWER),
        lambda: User.objects.filter(pk=otto.pk).update(is_active=False),
        lambda: Membership.objects.filter(user=otto).delete(),
        lambda: SecuritySettings.objects.create(organization=organization),
        lambda: SecuritySettings.objects.update(networks=["203.0.113.0/24"]),
    ]
    for deed in deeds:
        before = changes.state()
        deed()
        assert changes.state() != before
    before = changes.state()
    type(admin).objects.update(last_used_at=timezone.now())
    Membership.objects.update(seen_at=timezone.now())
    assert changes.state() == before  # mere use makes nobody forget anything


def test_keys_are_told_with_the_reason_why_they_ended(project: Project, elsewhere: Project) -> None:
    fine, fine_secret = issue_key(OPERATOR, project=project, name="fine")
    over, over_secret = issue_key(OPERATOR, project=project, name="over")
    ended, ended_secret = issue_key(OPERATOR, project=project, name="ended")
    archived, archived_secret = issue_key(OPERATOR, project=elsewhere, name="archived")
    ApiKey.objects.filter(pk=over.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    revoke_key(OPERATOR, ended)
    Project.objects.filter(pk=elsewhere.pk).update(archived_at=timezone.now())
    Limits.objects.create(subject_id=fine.pk, level=Level.KEY, organization_id=project.organization_id, concurrent=3)
    secrets = [fine_secret, over_secret, ended_secret, archived_secret]
    found = standings([hash_secret(secret) for secret in secrets], None)
    words = [found[hash_secret(secret)].ended for secret in secrets]
    assert words == ["", "expired", "revoked", "project_archived"]
    assert [rule.concurrent for rule in found[hash_secret(fine_secret)].caller.rules] == [3]
    assert archived.pk not in {each.caller.key_id for each in standings(found, project.organization_id).values()}


@pytest.mark.parametrize("asked", ["standings", "places"])
def test_foreign_keys_are_not_even_read(
    project: Project, elsewhere: Project, django_assert_num_queries: Callable[[int], object], asked: str
) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="Olivia's")
    hashed, otto = hash_secret(secret), elsewhere.organization_id
    if asked == "standings":
        assert standings([hashed], otto) == standings([hash_secret(new_secret())], otto) == {}
    else:
        assert places([hashed], [key.pk], otto) == ({}, {})
        own = places([hashed], [key.pk], project.organization_id)
        assert own[0][hashed] == own[1][key.pk]


def test_keys_of_a_demo_are_nobody_s_in_production(project: Project, settings: object) -> None:
    _, secret = issue_key(OPERATOR, project=project, name="demo")
    Organization.objects.update(is_demo=True)
    assert standings([hash_secret(secret)], None)
    settings.DEVELOPMENT = False  # type: ignore[attr-defined]
    assert not standings([hash_secret(secret)], None)


def test_a_hundred_keys_take_as_many_queries_as_one(
    project: Project, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    secrets = [issue_key(OPERATOR, project=project, name=str(number))[1] for number in range(10)]
    rooms = DjangoControlRooms()
    with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
        assert len(rooms.look_up(secrets, None)) == 10
    rooms.close()


def test_funds_tell_what_is_left(project: Project, owner: User) -> None:
    organization_id, key_id = project.organization_id, UUID(int=5)
    subjects = (organization_id, project.pk, key_id)
    assert funds_of([subjects])[subjects].empty is None
    now = timezone.now()
    budget = Budget.objects.create(
        subject_id=key_id, level=Level.KEY, organization_id=organization_id, period="day", hard=100, spent=60,
        held=10, began=now.date(),
    )  # fmt: skip
    funds = funds_of([subjects], now)[subjects]
    assert (funds.budgets[0].remaining, funds.empty) == (30, None)
    assert funds.budgets[0].resets_at.date() == now.date() + timedelta(days=1)
    Budget.objects.filter(pk=budget.pk).update(spent=90)
    empty = funds_of([subjects], now)[subjects].empty
    assert empty
    assert (empty[0].level, empty[1].permit, empty[1].counter) == ("key", Permit.OVER_BUDGET, 100)
    Budget.objects.update(began=now.date() - timedelta(days=1), held=0)
    assert funds_of([subjects], now)[subjects].budgets[0].remaining == 100  # a new day
    set_terms(OPERATOR, organization_id, mode=Mode.PREPAID)
    empty = funds_of([subjects], now)[subjects].empty
    assert empty
    assert empty[1].permit is Permit.NO_CREDIT
    BillingAccount.objects.update(suspended_at=now)
    assert funds_of([subjects], now)[subjects].funding.suspended
