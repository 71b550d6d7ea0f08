"""A scope stays open for five minutes, and covers just its fields, rows and tenant."""

from typing import Any

import msgspec
import pytest

from ledger.ids import new_id
from ledger.models import LeafType
from tests.vault.unsealer.running import own, value
from vault.errors import VaultError
from vault.keyring import Keyring
from vault.places import column
from vault.roots import roots
from vault.unsealer import scopes
from vault.unsealer.in_process import append
from vault.unsealer.messages import Begin, Opening, Value
from vault.unsealer.opening import begin, entry
from vault.unsealer.session import Session

CONTENT = "content.StoredExchange.request"


def test_a_scope_covers_its_values_for_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    one, now = value(b""), [1000.0]
    monkeypatch.setattr("vault.unsealer.scopes.time.monotonic", lambda: now[0])
    scope = scopes.scope_of(own(one))
    now[0] += 300
    assert scope.places([one]) == [(column(one.label), one)]
    now[0] += 0.1
    with pytest.raises(VaultError, match="scope-closed"):
        scope.places([one])


def test_a_row_of_the_scope_under_another_tenant_is_outside_of_it() -> None:
    one = value(b"")
    with pytest.raises(VaultError, match="outside-scope"):
        scopes.scope_of(own(one)).places([one, Value(one.label, one.pk, new_id(), b"")])


@pytest.mark.parametrize("changes", [{"fields": []}, {"subjects": []}])
def test_a_scope_without_fields_or_without_rows_is_refused(changes: dict[str, Any]) -> None:
    opening = msgspec.structs.replace(own(value(b"")), **changes)
    with pytest.raises(VaultError, match="names its fields") as refusal:
        scopes.rule_of(opening)
    assert refusal.value.code == "refused"


def test_a_purpose_that_needs_no_grant_takes_none() -> None:
    with pytest.raises(VaultError, match="takes no grant") as refusal:
        scopes.rule_of(msgspec.structs.replace(own(value(b"")), grant=new_id()))
    assert refusal.value.code == "refused"


def test_a_purpose_without_reasons_takes_none_and_one_with_them_takes_no_other_word() -> None:
    of_member = msgspec.structs.replace(own(value(b"")), reason="debugging")
    with pytest.raises(VaultError, match="takes no reason"):
        scopes.rule_of(of_member)
    of_call = Opening("own-content", f"user:{new_id()}", new_id(), [CONTENT], [new_id()], reason="curiosity")
    with pytest.raises(VaultError, match="one of the reasons"):
        scopes.rule_of(of_call)
    assert scopes.rule_of(msgspec.structs.replace(of_call, reason="debugging")).reasoned


def test_the_reason_stands_in_the_leaf() -> None:
    opening = Opening("own-content", f"user:{new_id()}", new_id(), [CONTENT], [new_id()], reason="quality")
    assert entry(LeafType.OPENING, opening).more["reason"] == "quality"
    assert "reason" not in entry(LeafType.OPENING, msgspec.structs.replace(opening, reason="")).more


@pytest.mark.django_db
def test_scopes_whose_time_is_over_make_room_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    session, one, now = Session(Keyring(roots()), append), value(b""), [1000.0]
    monkeypatch.setattr("vault.unsealer.scopes.time.monotonic", lambda: now[0])
    for _ in range(63):
        begin(session, Begin(own(one)))
    now[0] += 300
    newest = begin(session, Begin(own(one)))
    with pytest.raises(VaultError, match="too-many-scopes"):
        begin(session, Begin(own(one)))
    now[0] += 0.1
    another = begin(session, Begin(own(one)))
    assert set(session.scopes) == {newest, another}
