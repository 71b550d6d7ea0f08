"""The hosted page of an invoice, and the receipt of a charge."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dev.stripe_simulator.amounts import dollars
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.pages import fields
from dev.stripe_simulator.pages.frame import day, error, facts, joined, page

_MAIN = """
<section class="card form">
<p class="seller">Llama console</p>
<div class="split"><h1>{total}</h1><span class="badge {status}">{status}</span></div>
<p class="meta">Invoice {number}{due}</p>
{lines}{sums}
<p><a class="btn plain" href="/i/{id}/pdf">Download PDF</a></p>
</section>
{payment}
"""
_PAYMENT = """
<form class="card form" method="post" action="/i/{id}/payment">
{error}{cards}
<button class="btn primary wide">Pay {amount}</button>
</form>
"""
_LINE = "<div><dt>{}</dt><dd>{}</dd></div>"
_RECEIPT = """
<section class="card form">
<p class="seller">Receipt from Llama console</p>
<h1>{amount}</h1>
{facts}
</section>
"""


def invoice(found: Json, trouble: str = "") -> str:
    main = format_html(
        _MAIN,
        id=found["id"],
        total=dollars(found["total"]),
        status=found["status"],
        number=found["number"],
        due=format_html(", due {}", day(found["due_date"])) if found["due_date"] else "",
        lines=_lines(found),
        sums=facts(_sums(found)),
        payment=_payment(found, trouble),
    )
    return page("Invoice", main)


def receipt(charge: Json) -> str:
    method = charge["payment_method_details"]
    rows: list[tuple[str, object]] = [
        ("Paid", day(charge["created"]) if charge["paid"] else "not paid"),
        ("With", f"{method[method['type']].get('brand', 'bank account')} ••••{method[method['type']]['last4']}"),
        ("Refunded", dollars(charge["amount_refunded"])),
    ]
    return page("Receipt", format_html(_RECEIPT, amount=dollars(charge["amount"]), facts=facts(rows)))


def _lines(found: Json) -> SafeString:
    rows = joined(
        format_html(_LINE, line["description"] or "Item", dollars(line["amount"])) for line in found["lines"]["data"]
    )
    return format_html('<dl class="facts">{}</dl>', rows)


def _sums(found: Json) -> list[tuple[str, object]]:
    tax = sum(one["amount"] for one in found["total_taxes"])
    rows: list[tuple[str, object]] = [("Subtotal", dollars(found["subtotal"]))]
    if tax:
        rows.append(("Tax", dollars(tax)))
    if credited := found["pre_payment_credit_notes_amount"]:
        rows.append(("Credited", dollars(-credited)))
    return [*rows, ("Paid", dollars(found["amount_paid"])), ("Due", dollars(found["amount_remaining"]))]


def _payment(found: Json, trouble: str) -> SafeString:
    if found["status"] not in ("open", "uncollectible"):
        return SafeString()
    amount = dollars(found["amount_remaining"])
    return format_html(_PAYMENT, id=found["id"], error=error(trouble), cards=fields.cards(banks=True), amount=amount)
