"""The figures at the top of the overview."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.credit import spendable_lots
from billing.forecast import Part
from billing.models import BillingAccount, CreditLot
from billing.spend import Spend
from catalog.money import dollars
from usage.figures import change

_LONG = 730  # days; beyond them a pace says nothing


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: str
    note: str = ""
    delta: str = ""


@dataclass(frozen=True, slots=True)
class CapMeter:
    """Percentages of the cap; `ahead` is what the forecast comes to, drawn behind what is spent."""

    cap: str
    percent: int
    width: int
    ahead: int
    ahead_width: int

    @property
    def tone(self) -> str:
        """Colour it as it is told of: from 80 percent on, and at the cap."""
        return "bad" if self.percent >= 100 else "warn" if self.percent >= 80 else ""


def figures(account: BillingAccount, spend: Spend) -> list[Figure]:
    return [_stand(account, spend), month_figure(spend), forecast_figure(spend)]


def cap_meter(account: BillingAccount, spend: Spend) -> CapMeter | None:
    """Return how much of the cap is spent, counted as the cap is; None for no cap."""
    if account.cap is None:
        return None
    spent = account.spent_in(spend.month.date())
    percent = _percent(spent, account.cap)
    expected = spend.forecast.amount if spend.forecast else spent
    ahead = max(percent, _percent(expected, account.cap))
    return CapMeter(dollars(account.cap), percent, min(percent, 100), ahead, min(ahead, 100))


def lasts(account: BillingAccount, spend: Spend) -> str:
    """Say for how long the credit of an account lasts, part by part until it expires; "" if that can't be told."""
    if spend.pace is None or account.balance <= 0:
        return ""
    days = spend.pace.days_of(_part(lot, spend.now) for lot in spendable_lots(account.pk))
    if days is None:
        return ""
    if days > _LONG:
        return _("Lasts over two years at this pace")
    if not days:
        return _("Lasts less than a day at this pace")
    return ngettext(
        "Lasts about %(days)s day at this pace", "Lasts about %(days)s days at this pace", days
    ) % {"days": days}  # fmt: skip


def _part(lot: CreditLot, now: datetime) -> Part:
    return int(lot.remaining), (lot.expires_at - now).days if lot.expires_at else None


def _stand(account: BillingAccount, spend: Spend) -> Figure:
    if account.is_prepaid:
        note = lasts(account, spend)
        if account.balance < 0:
            note = _("Your next credit pays this first")
        return Figure(_("Balance"), dollars(account.balance), note or _("What calls can spend"))
    unlimited = _("No limit")
    limit = unlimited if account.limit is None else _("Calls go on up to %(limit)s") % {"limit": dollars(account.limit)}
    return Figure(_("Owed"), dollars(account.owed), limit)


def month_figure(spend: Spend) -> Figure:
    last_month = date_format(spend.month - timedelta(days=1), "F")
    versus = _("vs the same days of %(month)s") % {"month": last_month}
    note = versus if spend.before else _("Nothing to compare with yet")
    return Figure(_("Month to date"), dollars(spend.month_to_date), note, change(spend.month_to_date, spend.before))


def forecast_figure(spend: Spend) -> Figure:
    name = _("Forecast for %(month)s") % {"month": date_format(spend.month, "F")}
    if not spend.forecast or not spend.pace:
        return Figure(name, "–", _("Two whole days of usage make one"))
    words = {"spread": dollars(spend.forecast.spread), "days": spend.pace.days}
    return Figure(name, dollars(spend.forecast.amount), _("± %(spread)s, from the last %(days)s days") % words)


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 100
