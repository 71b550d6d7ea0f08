"""Purchases of credit as their list shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import TopUp, TopUpStatus
from catalog.money import CENT, dollars

_TONES = {TopUpStatus.PAID: "ok", TopUpStatus.FAILED: "bad", TopUpStatus.PENDING: "warn"}
_BEING_PAID = _("Under way")


@dataclass(frozen=True, slots=True)
class TopUpRow:
    top_up: TopUp
    amount: str
    refunded: str  # "" for nothing
    status: str | Promise
    tone: str


def top_up_rows(top_ups: Iterable[TopUp]) -> list[TopUpRow]:
    return [_row(top_up) for top_up in top_ups]


def _row(top_up: TopUp) -> TopUpRow:
    return TopUpRow(
        top_up=top_up,
        amount=dollars(top_up.cents * CENT),
        refunded=dollars(top_up.refunded * CENT) if top_up.refunded else "",
        status=_BEING_PAID if top_up.is_being_paid else top_up.get_status_display(),
        tone=_TONES.get(TopUpStatus(top_up.status), "off"),
    )
