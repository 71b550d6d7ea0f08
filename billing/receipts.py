"""How the receipt of a purchase is numbered: as its movement in the journal."""

from billing.models import TopUp, Transaction


def receipt_number(top_up: TopUp) -> int | None:
    """Return the number, None for a purchase that was not paid."""
    return Transaction.objects.filter(key=f"topup:{top_up.pk}").values_list("number", flat=True).first()
