"""The error classes of the vault and the ledger."""

import pickle

import pytest

from ledger.errors import LedgerError
from vault.errors import VaultError


@pytest.mark.parametrize("kind", [VaultError, LedgerError])
@pytest.mark.parametrize("permanent", [True, False])
def test_an_error_is_carried_out_of_a_task_as_what_it_is(
    kind: type[VaultError] | type[LedgerError], permanent: bool
) -> None:
    error = kind("unsealer-away", "The unsealer does not answer now.", permanent=permanent)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301, Celery does this with what a task raises
    assert type(again) is kind
    assert (str(again), again.code, again.permanent) == (str(error), error.code, permanent)
    assert again.message == "The unsealer does not answer now."
