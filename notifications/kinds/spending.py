"""Messages about what is spent. Amounts come written out: how to write money is known further up."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import lines
from notifications.kinds.kind import Topic, kind
from notifications.kinds.samples import AT, KEY, LATER, ORGANIZATION, PROJECT, page_of
from notifications.models import Channel
from notifications.wording import Action, Wording, day, moment, weekday

_BUDGET = {"name": ORGANIZATION, "budget": "$500.00", "until": LATER, "url": page_of("usage/")}


@kind(
    "budget-reached",
    gettext_lazy("Budget reached"),
    Topic.SPENDING,
    sample=_BUDGET | {"percent": 80, "spent": "$400.12", "stops": True},
    channels=[Channel.EMAIL, Channel.SMS],
)
def budget_reached(name: str, percent: int, spent: str, budget: str, stops: bool, until: datetime, url: str) -> Wording:
    """Word a share of a budget that is spent; `name` is whose, `stops` whether calls are refused beyond it."""
    now = _("Calls are refused until the budget is raised or begins anew.")
    later = _("When all of it is used, calls are refused until the budget is raised or begins anew.")
    goes_on = _("This budget only warns you: calls go on.")
    return Wording(
        subject=_("Budget of %(name)s: %(percent)s%% is used") % {"name": name, "percent": percent},
        paragraphs=[(now if percent >= 100 else later) if stops else goes_on],
        facts=[(_("Spent"), spent), (_("Budget"), budget), (_("Begins anew"), day(until))],
        action=Action(_("See the usage"), url),
        short=_("Llama console: %(percent)s%% of a budget is used. See your usage.") % {"percent": percent},
    )


@kind(
    "cap-reached",
    gettext_lazy("Spend cap nearly used, or reached"),
    Topic.SPENDING,
    sample={
        "organization": ORGANIZATION,
        "percent": 80,
        "spent": "$400.12",
        "cap": "$500.00",
        "until": LATER,
        "url": page_of("billing/cap/"),
    },
    channels=[Channel.EMAIL, Channel.SMS],
)
def cap_reached(organization: str, percent: int, spent: str, cap: str, until: datetime, url: str) -> Wording:
    """Word a share of the month's spend cap that is spent; at 100 calls are refused."""
    if percent >= 100:
        subject = _("%(organization)s has reached its spend cap") % {"organization": organization}
        then = _("Calls are refused until the cap is raised or the next month begins.")
    else:
        words = {"organization": organization, "percent": percent}
        subject = _("%(organization)s has used %(percent)s%% of its spend cap") % words
        then = _("When all of it is used, calls are refused until the cap is raised or the next month begins.")
    return Wording(
        subject=subject,
        paragraphs=[then],
        facts=[
            (_("Spent"), spent),
            (_("Spend cap"), cap),
            (_("Begins anew"), day(until)),
            lines.organization(organization),
        ],
        action=Action(_("Change the cap"), url),
        short=_("Llama console: %(percent)s%% of a spend cap is used. See your billing.") % {"percent": percent},
    )


@kind(
    "budget-forecast",
    gettext_lazy("Budget about to be exceeded"),
    Topic.SPENDING,
    sample=_BUDGET | {"forecast": "$610.00", "on": AT, "days": 14},
    channels=[Channel.EMAIL, Channel.SMS],
)
def budget_forecast(
    name: str, forecast: str, budget: str, on: datetime, until: datetime, days: int, url: str
) -> Wording:
    """Word that a budget will not last its period; `days` is of how many whole days the forecast is made."""
    return Wording(
        subject=_("Budget of %(name)s: likely used up on %(day)s") % {"name": name, "day": day(on)},
        paragraphs=[
            _("If spending goes on as in the last few days, the budget will not last. This is a forecast, not a fact."),
            _("It is what was spent, plus the mean of the last %(days)s whole days for the time that is left.")
            % {"days": days},
        ],
        facts=[(_("Forecast"), forecast), (_("Budget"), budget), (_("Begins anew"), day(until))],
        action=Action(_("See the usage"), url),
        short=_("Llama console: at this pace a budget will not last. See your usage."),
    )


@kind(
    "spending-anomaly",
    gettext_lazy("Unusual spending"),
    Topic.SPENDING,
    sample={
        "organization": ORGANIZATION,
        "spent": "$41.00",
        "usual": "$6.10",
        "since": AT,
        "until": AT + timedelta(hours=1),
        "is_day": False,
        "amount": "$34.90",
        "model": "Llama 3.3 70B",
        "project": PROJECT,
        "key": KEY,
        "url": page_of("usage/"),
    },
    channels=[Channel.EMAIL, Channel.SMS],
)
def spending_anomaly(
    organization: str,
    spent: str,
    usual: str,
    since: datetime,
    until: datetime,
    is_day: bool,
    amount: str,
    model: str,
    project: str,
    key: str,
    url: str,
) -> Wording:
    """Word an hour or day far above what is usual then; a key with `amount` has most of it. Names may be gone: ""."""
    most = [(_("Most of it"), amount), (_("Model"), model)]
    return Wording(
        subject=_("Unusual spending in %(organization)s") % {"organization": organization},
        paragraphs=[
            unusual(since, until, spent, usual, is_day=is_day),
            _("It may be a new workload, a loop that does not end, or a key in the wrong hands."),
            _told_for(is_day),
        ],
        facts=[
            (_("Spent"), spent),
            (_("Usually"), usual),
            *most,
            *([lines.key(key)] if key else []),
            *([lines.project(project)] if project else []),
            lines.organization(organization),
        ],
        action=Action(_("See the usage"), url),
        footnote=_("If you did not expect it, revoke the key; that ends the spending at once."),
        short=_("Llama console: spending is unusual for this time of the week. See your usage."),
    )


def unusual(since: datetime, until: datetime, spent: str, usual: str, *, is_day: bool) -> str:
    """Say what an hour or a day cost, and what is usual then."""
    return _spent_on(since, spent, usual) if is_day else _spent_until(until, spent, usual)


def _spent_until(until: datetime, spent: str, usual: str) -> str:
    told = _("%(spent)s went out in the hour to %(until)s. At this time of a %(weekday)s it is usually %(usual)s.")
    return told % {"spent": spent, "until": moment(until), "weekday": weekday(until), "usual": usual}


def _spent_on(since: datetime, spent: str, usual: str) -> str:
    """Word a day, which is one of UTC."""
    told = _("%(spent)s went out in the 24 hours from %(since)s. On a %(weekday)s it is usually %(usual)s.")
    words = {"spent": spent, "since": moment(since), "weekday": weekday(since, UTC), "usual": usual}
    return told % words


def _told_for(is_day: bool) -> str:
    """Say why it is told; the rule is in `billing/unusual.py`."""
    if is_day:
        return _("You are told because it is three times the usual or more, and more than on any of the 7 days before.")
    return _(
        "You are told because it is three times the usual or more, and more than in any hour of the 7 days before."
    )
