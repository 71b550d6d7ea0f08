"""Pages that have the payment provider asked: one person opens so many of them in a minute and no more."""

from billing.rail import questions
from billing.rail.errors import RailError
from billing.views.access import Payer


def count_question(payer: Payer) -> None:
    """Count one more page that asks; RailError, as if the provider were away, if there were too many in this minute."""
    if not questions.count_question(payer.acting.user.pk):
        raise RailError("The payment provider is asked too often.", "too-many", permanent=False)
