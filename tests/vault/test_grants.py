"""Grants: one asks, another signs, and only that opens, so long and so often."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Organization, User
from ledger.actor import Actor
from ledger.append import append_leaf
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import LeafBody, LeafType, Log
from tests.conftest import person
from tests.support.ledger import PEN
from tests.vault.granting import ANA, BO, EMAIL, NAME, Approvers, approved, open_email, requested
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.granted import open_granted, printable
from vault.grants import approve_grant, close_grant
from vault.models import DataKey, Grant
from vault.purposes import RULES, Purpose, Rule
from vault.signing import signed_text
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db
ROLE = "accounts.Membership.role"


def leaves(grant: Grant) -> list[str]:
    return list(LeafBody.objects.filter(grant=grant.pk).order_by("position").values_list("type", flat=True))


def test_a_grant_opens_what_it_names_and_is_recorded_from_start_to_end(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers, fields=[NAME, EMAIL])
    assert sorted(str(value) for _, _, value in open_granted(grant)) == ["Zoë\x1b[31m", "zoe@example.com"]
    assert open_email(zoe, grant) == "zoe@example.com"
    close_grant(BO, grant=grant.pk)
    assert leaves(grant) == ["grant-started", "opening", "opening", "grant-closed"]
    assert f"{grant}" == f"support-request grant {grant.pk}"


def test_the_tenant_reads_what_was_granted_and_under_which_case_each_opening_was(
    zoe: User, approvers: Approvers
) -> None:
    grant = approved(zoe, approvers, fields=[NAME, EMAIL])
    open_email(zoe, grant)
    start, opening = LeafBody.objects.filter(grant=grant.pk).order_by("position")
    said = {"case": "T-1", "requester": "staff:bo", "fields": [EMAIL, NAME], "subjects": [str(zoe.pk)], "maximum": 2}
    assert grant.until
    assert json.loads(start.text).items() >= (said | {"until": grant.until.isoformat()}).items()
    assert (start.tenant, start.actor, start.purpose) == (zoe.pk, "staff:ana", "support-request")
    assert json.loads(opening.text).items() >= {"case": "T-1", "fields": [EMAIL], "subjects": [str(zoe.pk)]}.items()
    assert {json.loads(leaf.text)["grant"] for leaf in (start, opening)} == {str(grant.pk)}
    assert (opening.tenant, opening.actor, opening.purpose) == (zoe.pk, "staff:bo", "support-request")


def test_fields_without_a_value_and_rows_without_the_field_are_left_out(
    owner: User, organization: Organization, approvers: Approvers
) -> None:
    membership = organization.memberships.get()
    grant = approved(owner, approvers, fields=[ROLE], subjects=[membership.pk], tenant=organization.pk)
    ((label, row, role),) = open_granted(grant)
    assert (label, row) == (ROLE, membership.pk)
    assert "owner" in str(role)
    assert open_granted(approved(owner, approvers, fields=["accounts.User.phone"])) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fields": ["accounts.User.password"]}, "no such sealed field"),
        ({"fields": []}, "names its fields"),
        ({"purpose": "own-account"}, "opens under a grant"),
        ({"purpose": "unspecified"}, "opens under a grant"),
        ({"subjects": []}, "names the rows"),
        ({"subjects": [new_id()]}, "No such row"),
        ({"tenant": new_id()}, "another tenant"),
        ({"maximum": 0}, "once at least"),
        ({"maximum": 1001}, "1000 times at most"),
        ({"case": "  "}, "names its case"),
        ({"case": "x" * 81}, "names its case"),
        ({"case": "T-1\nT-2"}, "names its case"),
    ],
)
def test_a_request_that_could_not_be_granted_is_refused(zoe: User, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(VaultError, match=f"refused: .*{says}"):
        requested(zoe, **changes)
    assert not Grant.objects.exists()


def test_a_field_that_the_purpose_does_not_open_is_refused(zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = Rule("narrow", frozenset({NAME}), frozenset({"staff"}), granted=True)
    monkeypatch.setitem(RULES, Purpose.SUPPORT_REQUEST, narrow)
    with pytest.raises(VaultError, match="support-request does not open"):
        requested(zoe)


def test_a_grant_of_just_twelve_hours_and_of_the_most_that_is_allowed_opens(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers, hours=12, maximum=1000, case="x" * 80)
    assert open_email(zoe, grant) == "zoe@example.com"
    assert open_email(zoe, approved(zoe, approvers, maximum=1)) == "zoe@example.com"


def test_a_grant_survives_a_restart_with_what_is_left_of_it(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers, maximum=2)
    open_email(zoe, grant)
    unsealer.cache_clear()
    open_email(zoe, grant)
    unsealer.cache_clear()
    with pytest.raises(VaultError, match="grant-used-up"):
        open_email(zoe, grant)


def test_other_purposes_take_no_grant_and_use_none_up(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers, maximum=1)
    with pytest.raises(VaultError, match="takes no grant"):
        open_email(zoe, grant, purpose=Purpose.OWN_ACCOUNT, actor=Actor.user(zoe.pk))
    assert open_email(zoe, grant) == "zoe@example.com"


def test_what_is_tried_beyond_a_grant_is_recorded_under_that_grant(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers)
    person = {"actor": BO, "tenant": zoe.pk, "subjects": [zoe.pk], "grant": grant.pk}
    with (
        disclose(Purpose.SUPPORT_REQUEST, fields=[User.email], **person) as scope,  # type: ignore[arg-type]
        pytest.raises(VaultError, match="outside-scope"),
    ):
        scope.open(User.objects.get(pk=zoe.pk).name)
    assert leaves(grant) == ["grant-started", "opening", "refusal"]


def test_a_clock_that_was_set_back_prolongs_no_grant(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers, hours=1)
    later = datetime.now(UTC) + timedelta(hours=1, seconds=1)
    append_leaf(Entry(zoe.pk, LeafType.EVENT, "system:test", event=new_id()), pen=PEN)
    Log.objects.update(at=int(later.timestamp() * 1_000_000))  # a leaf was written then; now the clock is back
    with pytest.raises(VaultError, match="grant-expired"):
        open_email(zoe, grant)


def test_grants_that_ran_out_are_closed_once(zoe: User, approvers: Approvers) -> None:
    over, running = approved(zoe, approvers, hours=1), approved(zoe, approvers, hours=3)
    assert unsealer().close_expired() == 0
    Log.objects.update(at=int((datetime.now(UTC) + timedelta(hours=2)).timestamp() * 1_000_000))
    assert unsealer().close_expired() == 1
    assert unsealer().close_expired() == 0
    assert (leaves(over)[-1], leaves(running)) == ("grant-closed", ["grant-started"])
    assert LeafBody.objects.get(grant=over.pk, type="grant-closed").actor == "system:unsealer"


def test_what_is_not_open_cannot_be_closed(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers)
    close_grant(ANA, grant=grant.pk)
    for each in (grant.pk, requested(zoe).pk, new_id()):
        with pytest.raises(VaultError, match="grant-closed"):
            close_grant(ANA, grant=each)


def test_a_grant_is_closed_in_its_tenants_chain_although_its_row_was_deleted(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers)
    Grant.objects.all().delete()
    close_grant(ANA, grant=grant.pk)
    assert LeafBody.objects.get(grant=grant.pk, type="grant-closed").tenant == zoe.pk


def test_each_grant_is_closed_in_the_chain_and_under_the_case_of_its_own(zoe: User, approvers: Approvers) -> None:
    yan = person("yan@example.com")
    approved(zoe, approvers)
    grant = approved(yan, approvers, case="T-2")
    close_grant(ANA, grant=grant.pk)
    leaf = LeafBody.objects.get(type="grant-closed")
    assert (leaf.tenant, leaf.purpose, leaf.actor) == (yan.pk, "support-request", "staff:ana")
    assert json.loads(leaf.text)["case"] == "T-2"


def test_an_attempt_before_its_start_does_not_keep_a_grant_from_being_closed(zoe: User, approvers: Approvers) -> None:
    grant = requested(zoe)
    with pytest.raises(VaultError, match="grant-not-approved"):
        open_email(zoe, grant)
    approve_grant(ANA, key=approvers.keys["staff:ana"], grant=grant, hours=1)
    close_grant(ANA, grant=grant.pk)
    assert leaves(grant) == ["refusal", "grant-started", "grant-closed"]


def test_a_grant_without_its_times_has_nothing_to_sign(zoe: User) -> None:
    with pytest.raises(ValueError, match="time of its approval"):
        signed_text(requested(zoe), bytes(32))


def test_granted_values_are_printed_on_one_line() -> None:
    assert printable("Zoë\x1b[31m\r\n\u2028\u202e") == "Zoë\\x1b[31m\\r\\n\\u2028\\u202e"


def test_a_scope_names_sealed_fields_alone(zoe: User) -> None:
    with (
        pytest.raises(VaultError, match="sealed fields alone"),
        disclose(Purpose.OWN_ACCOUNT, actor=BO, tenant=zoe.pk, fields=["email"], subjects=[zoe.pk]),
    ):
        pass


@pytest.mark.parametrize("changes", [{"purpose": "unheard-of"}, {"fields": ["a.B.c"]}, {"subjects": ["x"]}])
def test_a_row_that_is_no_grant_is_refused_before_it_is_tried(
    zoe: User, approvers: Approvers, changes: dict[str, Any]
) -> None:
    grant = approved(zoe, approvers)
    Grant.objects.filter(pk=grant.pk).update(**changes)
    with pytest.raises(VaultError, match="grant-forged"):
        open_granted(Grant.objects.get())


def test_every_model_of_the_vault_says_what_it_is(zoe: User) -> None:
    assert str(DataKey.objects.filter(tenant=zoe.pk).get()).startswith("customer-data key ")
