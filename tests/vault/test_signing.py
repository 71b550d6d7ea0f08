"""What an approver signs is one text, byte for byte: each statement of a grant stands in it, and no order matters."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from vault.models import Grant
from vault.signing import is_staff, signed_text

SAID: dict[str, Any] = {
    "id": UUID(int=1),
    "purpose": "support-request",
    "tenant": UUID(int=2),
    "fields": ["accounts.User.name", "accounts.User.email"],
    "subjects": [str(UUID(int=4)), str(UUID(int=3))],
    "case": "T-1 für Zoë",
    "maximum": 2,
    "requester": "staff:bo",
    "approver": "staff:ana",
    "approved_at": datetime(2026, 11, 24, 9, 30, 0, 5, UTC),
    "until": datetime(2026, 11, 24, 10, 30, tzinfo=UTC),
}
KEY = bytes(range(32))
TEXT = (
    "llama-console grant 1\n"
    '{"approved_at": "2026-11-24T09:30:00.000005+00:00", "approver": "staff:ana", "case": "T-1 für Zoë", '
    '"fields": ["accounts.User.email", "accounts.User.name"], "id": "00000000-0000-0000-0000-000000000001", '
    '"installation": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", '
    '"maximum": 2, "purpose": "support-request", "requester": "staff:bo", '
    '"subjects": ["00000000-0000-0000-0000-000000000003", "00000000-0000-0000-0000-000000000004"], '
    '"tenant": "00000000-0000-0000-0000-000000000002", "until": "2026-11-24T10:30:00+00:00"}'
)


def test_the_text_of_a_grant_is_the_known_one() -> None:
    """Another would make every running grant forged, and part approvers who have older tools from the unsealer."""
    assert signed_text(Grant(**SAID), KEY).decode() == TEXT
    assert signed_text(Grant(**SAID | {"fields": SAID["fields"][::-1]}), KEY).decode() == TEXT


@pytest.mark.parametrize("missing", ["approved_at", "until"])
def test_a_grant_without_one_of_its_times_has_nothing_to_sign(missing: str) -> None:
    with pytest.raises(ValueError, match="time of its approval"):
        signed_text(Grant(**SAID | {missing: None}), KEY)


@pytest.mark.parametrize("name", ["staff:a", "staff:ana.b_c-9", "staff:" + "a" * 60])
def test_somebody_of_staff_has_a_name_in_one_spelling(name: str) -> None:
    assert is_staff(name)


@pytest.mark.parametrize(
    "name", ["", "staff:", "ana", "user:ana", "staff:Ana", "staff:-a", "staff:a\n", "staff:" + "a" * 61, " staff:a"]
)
def test_everything_else_is_nobody_of_staff(name: str) -> None:
    assert not is_staff(name)
