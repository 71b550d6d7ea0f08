"""Credit and invoices as the pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import CreditLot, LotKind
from catalog.money import dollars

_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class LotRow:
    """Credit that was bought or given at once; `state` is "" for what calls may use."""

    lot: CreditLot
    title: str
    kind: str
    left: str
    granted: str
    percent: int
    state: str
    expires_in: str
    is_soon: bool


def lot_rows(lots: Iterable[CreditLot], now: datetime | None = None) -> list[LotRow]:
    return [_row(lot, now or timezone.now()) for lot in lots]


def _row(lot: CreditLot, now: datetime) -> LotRow:
    is_used, left = not lot.remaining, lot.expires_at and lot.expires_at - now
    is_soon = bool(left and left < _SOON and not is_used)
    return LotRow(
        lot=lot,
        title=lot.title or title_of(lot),
        kind=lot.get_kind_display(),
        left=dollars(lot.remaining),
        granted=dollars(lot.granted),
        percent=100 * lot.remaining // lot.granted,
        state=_state(lot, now),
        expires_in=_within(left) if left and is_soon else "",
        is_soon=is_soon,
    )


def title_of(lot: CreditLot) -> str:
    bought = lot.kind == LotKind.PAID
    words = _("Credit bought on %(day)s") if bought else _("Credit given on %(day)s")
    return words % {"day": date_format(lot.created_at, _("M j, Y"))}


def _state(lot: CreditLot, now: datetime) -> str:
    if lot.frozen_at:
        return _("Frozen: its payment is disputed")
    if lot.remaining:
        return ""
    return _("Expired") if lot.expires_at and lot.expires_at <= now else _("Used up")


def _within(left: timedelta) -> str:
    if left <= timedelta(0):
        return _("expired")
    days = left.days
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days} if days else _("within a day")
