"""What fails on its way into or out of a seal, and what travels to the unsealer, says nothing of the value."""

import traceback
from collections.abc import Callable
from datetime import date

import pytest

from accounts.models import User
from vault.errors import VaultError
from vault.places import column
from vault.unsealer.messages import IndexEmail
from vault.unsealer.wire import Result

SECRET = "1985-02-31-secret"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "attempt",
    [
        lambda: User.objects.create(email="zoe@example.com", date_of_birth=SECRET),
        lambda: column("accounts.User.date_of_birth").decode(f'"{SECRET}"'.encode()),
        lambda: column("accounts.User.name").decode(SECRET.encode()),
    ],
)
def test_a_value_that_is_none_of_the_field_is_not_told(attempt: Callable[[], object]) -> None:
    with pytest.raises(VaultError) as failure:
        attempt()
    chain: BaseException | None = failure.value
    while chain:
        assert "secret" not in f"{chain!s} {chain!r} {traceback.format_exception_only(chain)}"
        chain = chain.__cause__ or chain.__context__


def test_a_date_still_opens_as_one() -> None:
    assert column("accounts.User.date_of_birth").decode(b'"1985-02-28"') == date(1985, 2, 28)


def test_messages_do_not_show_what_they_carry() -> None:
    assert "secret" not in f"{IndexEmail('secret@example.com')!r} {Result([b'secret'])!r}"
