"""What holds for the unsealer however it is reached: in this process, in a thread, in a process of its own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections

from ledger.ids import INSTALLATION, new_id
from ledger.leaves import Entry
from ledger.models import Leaf, LeafBody, LeafType, Log
from tests.vault.unsealer.running import EMAIL, own, sealed, value
from vault.errors import VaultError
from vault.unsealer import Unsealer
from vault.unsealer.messages import Opening, Value
from vault.unsealer.scopes import MOST_SCOPES

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = "operator:command-line"


def elsewhere(work: Callable[[], Any]) -> Any:
    """Do something in another thread, which is another session, with database connections of its own."""

    def then_let_go() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(then_let_go).result()


def refusals(tenant: object) -> list[str]:
    return [leaf.text for leaf in LeafBody.objects.filter(tenant=tenant, type=LeafType.REFUSAL).order_by("position")]


@pytest.mark.parametrize("data", [b"", b"\x00", "Zoë 🦙 \u202e".encode(), b"x" * 31, b"x" * 32, b"x" * 16_000_000])
def test_what_was_sealed_opens_again(unsealer: Unsealer, data: bytes) -> None:
    one = sealed(unsealer, data)
    assert len(data) < 9 or data not in one.data
    assert unsealer.open(unsealer.begin(own(one)), [one]) == [data]


def test_equal_values_have_different_records(unsealer: Unsealer) -> None:
    plain = value(b"same")
    one, other = unsealer.seal([plain, plain])
    assert one != other


def test_the_leaf_is_committed_before_the_first_plaintext(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    unsealer.begin(own(one))
    leaf = elsewhere(lambda: LeafBody.objects.get(tenant=one.tenant))
    assert (leaf.type, leaf.purpose, leaf.actor) == ("opening", "own-account", f"user:{one.tenant}")


def test_a_refused_opening_is_recorded(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    with pytest.raises(VaultError, match="refused") as failure:
        unsealer.begin(Opening("sms", OPERATOR, one.tenant, [EMAIL], [one.pk]))
    assert failure.value.permanent
    assert '"code":"refused"' in refusals(one.tenant)[0]


def test_a_scope_that_was_ended_opens_nothing(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    token = unsealer.begin(own(one))
    unsealer.end(token)
    with pytest.raises(VaultError, match="scope-closed"):
        unsealer.open(token, [one])
    assert '"code":"scope-closed"' in refusals(one.tenant)[0]
    unsealer.end(token)


def test_a_scope_of_one_session_opens_nothing_in_another(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    token = unsealer.begin(own(one))
    with pytest.raises(VaultError, match="scope-closed"):
        elsewhere(lambda: unsealer.open(token, [one]))
    assert len(refusals(one.tenant)) == 1
    assert unsealer.open(token, [one]) == [b'"zoe@example.com"']


def test_scopes_that_nobody_ends_are_bounded_and_room_is_made_by_ending_one(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    tokens = [unsealer.begin(own(one)) for _ in range(MOST_SCOPES)]
    for _ in range(2):
        with pytest.raises(VaultError, match="too-many-scopes") as failure:
            unsealer.begin(own(one))
    assert failure.value.permanent
    assert [LeafBody.objects.filter(tenant=one.tenant, type=each).count() for each in ("opening", "refusal")] == [64, 2]
    assert unsealer.open(tokens[0], [one])
    assert elsewhere(lambda: unsealer.begin(own(one)))
    unsealer.end(tokens[0])
    assert unsealer.open(unsealer.begin(own(one)), [one])


def test_an_unknown_scope_over_nothing_is_refused_like_any_other(unsealer: Unsealer) -> None:
    with pytest.raises(VaultError, match="scope-closed"):
        unsealer.open(bytes(16), [])
    assert refusals(INSTALLATION)


def test_all_values_open_or_none(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    broken = Value(EMAIL, one.pk, one.tenant, one.data[:-1] + bytes([one.data[-1] ^ 1]))
    with pytest.raises(VaultError, match="tampered"):
        unsealer.open(unsealer.begin(own(one)), [one, broken])
    assert '"code":"tampered"' in refusals(one.tenant)[0]


def test_a_value_outside_of_the_scope_is_refused(unsealer: Unsealer) -> None:
    one, other = sealed(unsealer), sealed(unsealer)
    token = unsealer.begin(own(one))
    with pytest.raises(VaultError, match="outside-scope"):
        unsealer.open(token, [one, other])


@contextmanager
def without_bodies() -> Iterator[None]:
    """The ledger takes nothing meanwhile."""
    with connections["vault"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_leafbody RENAME TO away")
        yield
        cursor.execute("ALTER TABLE away RENAME TO ledger_leafbody")


def test_without_a_leaf_nothing_opens_and_later_it_does(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    with without_bodies(), pytest.raises(VaultError, match="not-recorded") as failure:
        unsealer.begin(own(one))
    assert not failure.value.permanent
    assert not Leaf.objects.filter(tenant=one.tenant).exists()
    assert unsealer.open(unsealer.begin(own(one)), [one])


def test_when_the_database_is_away_it_says_so(unsealer: Unsealer) -> None:
    with connections["vault"].cursor() as cursor:
        cursor.execute("ALTER TABLE vault_datakey RENAME TO away")
        try:
            with pytest.raises(VaultError, match="vault-away") as failure:
                unsealer.seal([value(b"x")])
        finally:
            cursor.execute("ALTER TABLE away RENAME TO vault_datakey")
    assert not failure.value.permanent
    assert unsealer.seal([value(b"x")])


def test_a_scope_covers_ten_thousand_rows_and_no_more(unsealer: Unsealer) -> None:
    tenant = new_id()
    subjects = [new_id() for _ in range(10_000)]
    assert unsealer.begin(Opening("own-account", f"user:{tenant}", tenant, [EMAIL], subjects))
    with pytest.raises(VaultError, match="at most 10,000 rows"):
        unsealer.begin(Opening("own-account", f"user:{tenant}", tenant, [EMAIL], [*subjects, new_id()]))
    assert len(refusals(tenant)[0]) < 10_000


def test_what_is_no_sealed_field_is_neither_sealed_nor_opened(unsealer: Unsealer) -> None:
    with pytest.raises(VaultError, match="no such sealed field"):
        unsealer.seal([Value("accounts.User.password", new_id(), new_id(), b"x")])


def test_many_at_once_leave_a_log_without_gaps(unsealer: Unsealer) -> None:
    before, starting = Leaf.objects.count(), threading.Barrier(8)

    def work() -> None:
        one = sealed(unsealer)
        starting.wait(20)
        for _ in range(5):
            assert unsealer.open(unsealer.begin(own(one)), [one]) == [b'"zoe@example.com"']

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(_letting_go, work) for _ in range(8)]:
            done.result()
    positions = list(Leaf.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(before + 40))


def _letting_go(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connections.close_all()


def test_times_never_go_back_when_the_clock_does(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    unsealer.begin(own(one))
    later = Log.objects.get().at + 3_600_000_000
    Log.objects.update(at=later)  # as if the clock had been an hour ahead
    unsealer.begin(own(one))
    assert list(Leaf.objects.order_by("position").values_list("at", flat=True))[-1] == later


def test_only_audit_events_are_recorded_for_others_and_each_once(unsealer: Unsealer) -> None:
    event = Entry(new_id(), LeafType.EVENT, OPERATOR, event=new_id())
    unsealer.record([event])
    unsealer.record([event])
    assert LeafBody.objects.filter(event=event.event).count() == 1
    with pytest.raises(VaultError, match="Only audit events"):
        unsealer.record([Entry(new_id(), LeafType.OPENING, OPERATOR)])


def test_an_opened_value_that_is_not_trusted_is_recorded(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    token = unsealer.begin(own(one))
    unsealer.distrust(token, "rolled-back")
    assert '"code":"rolled-back"' in refusals(one.tenant)[0]
    with pytest.raises(VaultError, match="scope-closed"):
        unsealer.distrust(bytes(16), "rolled-back")


def test_a_grant_that_is_not_there_neither_starts_nor_ends(unsealer: Unsealer) -> None:
    with pytest.raises(VaultError, match="grant-needed"):
        unsealer.start_grant(new_id())
    with pytest.raises(VaultError, match="grant-closed"):
        unsealer.close_grant(OPERATOR, new_id())
    assert unsealer.close_expired() == 0


def test_a_broken_chain_fails_its_own_tenant_alone(unsealer: Unsealer) -> None:
    from ledger.models import Head

    broken, whole = sealed(unsealer), sealed(unsealer)
    unsealer.begin(own(broken))
    Head.objects.filter(tenant=broken.tenant).update(hash=bytes(32))
    with ThreadPoolExecutor(8) as pool:
        work = [pool.submit(_begin, unsealer, each) for each in (broken, whole) * 8]
        assert [each.result() for each in work] == ["tampered", "opened"] * 8
    assert refusals(whole.tenant) == []


def _begin(unsealer: Unsealer, one: Value) -> str:
    try:
        unsealer.begin(own(one))
    except VaultError as error:
        return error.code
    finally:
        connections.close_all()
    return "opened"


def test_each_other_tenant_is_named_in_a_leaf_of_its_own_when_sealing_again(
    unsealer: Unsealer,
) -> None:
    one, other = sealed(unsealer), sealed(unsealer)
    assert len(unsealer.reseal(OPERATOR, [one, other])) == 2
    openings = LeafBody.objects.filter(purpose="re-keying")
    assert {leaf.tenant for leaf in openings} == {one.tenant, other.tenant}
