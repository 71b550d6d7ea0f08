"""What the cost page shows of a report: figures at the top, and the rows of its tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.budget_standing import Standing
from billing.costs.budgets import NamedBudget
from billing.costs.classes import ClassCost, ModelCost
from billing.costs.parts import Part
from billing.costs.report import CostReport, per_million
from billing.views.figures import Figure, forecast_figure, month_figure
from catalog import money
from catalog.models.price import TokenClass
from catalog.money import all_digits, dollars
from keys.models import Level
from usage import figures

MOST = 6  # rows of a table
_CLASSES = {
    TokenClass.INPUT: gettext_lazy("Input"),
    TokenClass.CACHED_INPUT: gettext_lazy("Cached input"),
    TokenClass.OUTPUT: gettext_lazy("Output"),
}
_LEVELS: dict[str, str | Promise] = {
    Level.ORGANIZATION: gettext_lazy("Organization"),
    Level.PROJECT: gettext_lazy("Project"),
    Level.KEY: gettext_lazy("API key"),
}
_PERIODS = {"day": gettext_lazy("Budget a day"), "month": gettext_lazy("Budget a month")}


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    hint: str
    requests: str
    tokens: str
    cost: str
    share: str
    share_label: str


@dataclass(frozen=True, slots=True)
class _Rest:
    requests: int
    tokens: int
    amount: int


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A class of a model's tokens, or (with a `model`) all of them."""

    name: str
    model: str
    tokens: str
    cost: str
    effective: str
    listed: str
    saved: str


@dataclass(frozen=True, slots=True)
class BudgetRow:
    name: str
    kind: str | Promise
    period: str | Promise
    used: str
    most: str
    project: str
    standing: Standing


def kpis(report: CostReport, *, is_over: bool) -> list[Figure]:
    month = month_figure(report.spend)
    if is_over:
        return [replace(month, name=month_name(report.scope.start)), _effective(report), _saved(report)]
    return [month, forecast_figure(report.spend), _effective(report), _saved(report)]


def model_rows(report: CostReport) -> list[Row]:
    shown = report.models[:MOST]
    rows = [_row(each.title, each.model, each, report.total) for each in shown]
    return [*rows, *_other(report, shown)]


def part_rows(report: CostReport, parts: Sequence[Part]) -> list[Row]:
    """Return a row of each part, and one of all that are not among them."""
    rows = [_row(each.name or _("Deleted"), each.hint, each, report.total) for each in parts]
    return [*rows, *_other(report, parts)]


def price_rows(report: CostReport) -> list[PriceRow]:
    """Return of each model a row of all its tokens and one of each class that has some."""
    rows = []
    for each in report.models:
        rows.append(_model_row(each))
        rows += [_class_row(part) for part in each.classes if part.tokens]
    return rows


def budget_rows(found: Sequence[NamedBudget]) -> list[BudgetRow]:
    return [
        BudgetRow(
            name=each.name or _("Deleted"),
            kind=_LEVELS[each.standing.budget.level],
            period=_PERIODS[each.standing.budget.period],
            used=dollars(each.standing.used),
            most=dollars(each.standing.budget.most),
            project=each.project,
            standing=each.standing,
        )
        for each in found
    ]


def month_name(moment: datetime) -> str:
    return date_format(moment, _("F Y"))


def _effective(report: CostReport) -> Figure:
    note = _("%(tokens)s tokens of all classes") % {"tokens": figures.compact(report.tokens)}
    return Figure(_("A million tokens cost"), _price(report.total, report.tokens), note)


def _saved(report: CostReport) -> Figure:
    whole = report.total + report.saved
    part = figures.percent(float(figures.share(report.saved, whole)), 1)
    note = _("%(percent)s less than all input at its full price") % {"percent": part}
    return Figure(_("Saved by caching"), dollars(report.saved), note)


def _row(name: str, hint: str, each: ModelCost | Part | _Rest, whole: int) -> Row:
    part = figures.share(each.amount, whole)
    return Row(
        name=name,
        hint=hint,
        requests=figures.count(each.requests),
        tokens=figures.count(each.tokens),
        cost=dollars(each.amount),
        share=part,
        share_label=figures.percent(float(part), 1),
    )


def _other(report: CostReport, shown: Sequence[ModelCost | Part]) -> list[Row]:
    """Return a row of all that was used beside these. Calls that end between two queries make none."""
    requests = report.requests - sum(each.requests for each in shown)
    if len(shown) < MOST or requests <= 0:
        return []
    tokens = max(0, report.tokens - sum(each.tokens for each in shown))
    amount = max(0, report.total - sum(each.amount for each in shown))
    return [_row(_("Other"), "", _Rest(requests, tokens, amount), report.total)]


def _model_row(each: ModelCost) -> PriceRow:
    return PriceRow(
        name=each.title,
        model=each.model,
        tokens=figures.count(each.tokens),
        cost=dollars(each.amount),
        effective=_price(each.amount, each.tokens),
        listed="",
        saved=dollars(each.saved) if each.saved else "",
    )


def _class_row(part: ClassCost) -> PriceRow:
    return PriceRow(
        name=str(_CLASSES[part.name]),
        model="",
        tokens=figures.count(part.tokens),
        cost=dollars(part.amount),
        effective=_price(part.amount, part.tokens),
        listed=" → ".join(money.per_million(rate) for rate in part.rates) or "–",
        saved=dollars(part.saved) if part.saved else "",
    )


def _price(amount: int, tokens: int) -> str:
    price = per_million(amount, tokens)
    return "–" if price is None else all_digits(price)
