"""The cost report as lines for programs: every model, class, project and key, with all digits."""

from collections.abc import Iterator

from billing.costs.classes import ClassCost, ModelCost
from billing.costs.parts import Part
from billing.costs.report import CostReport, per_million
from catalog.money import exact_dollars

HEADER = [
    "month", "by", "id", "name", "token_class", "requests", "tokens",
    "amount_usd", "usd_per_million_tokens", "saved_by_caching_usd",
]  # fmt: skip
_Line = list[str | int]
_PLACES = 6


def lines_of_table(report: CostReport) -> Iterator[_Line]:
    """Yield the lines: of each `by` alone they sum to the total, as those of a model's classes do to the model."""
    month = f"{report.scope.start:%Y-%m}"
    for model in report.models:
        yield [month, "model", model.model, model.title, "", model.requests, *_sums(model), exact_dollars(model.saved)]
    for model in report.models:
        for each in model.classes:
            saved = exact_dollars(each.saved)
            yield [month, "token_class", model.model, model.title, each.name.value, "", *_sums(each), saved]
    for name, parts in (("project", report.project_parts()), ("key", report.key_parts())):
        for part in parts:
            yield [month, name, str(part.id), part.name, "", part.requests, *_sums(part), ""]
    yield [month, "total", "", "", "", report.requests, *_sums(report), exact_dollars(report.saved)]


def _sums(of: ModelCost | ClassCost | Part | CostReport) -> _Line:
    amount = of.total if isinstance(of, CostReport) else of.amount
    price = per_million(amount, of.tokens, _PLACES)
    return [of.tokens, exact_dollars(amount), "" if price is None else exact_dollars(price)]
