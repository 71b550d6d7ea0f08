"""The error class of the vault."""

import pickle

from vault.errors import VaultError


def test_an_error_is_carried_out_of_a_task_as_what_it_is() -> None:
    error = VaultError("unsealer-away", "The unsealer does not answer now.", permanent=False)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301, Celery does this with what a task raises
    assert type(again) is VaultError
    assert (str(again), again.code, again.message, again.permanent) == (str(error), error.code, error.message, False)
