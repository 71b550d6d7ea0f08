"""The page of a Checkout session."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dev.stripe_simulator.amounts import dollars
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.pages import fields
from dev.stripe_simulator.pages.fields import Form
from dev.stripe_simulator.pages.frame import error, joined, page

_MAIN = """
<section class="summary" aria-label="Order">
{back}
<p class="seller">Llama console</p>
<h1>{title}</h1>
{lines}
</section>
<form class="card form" method="post" action="/c/pay/{id}">
{error}{email}{cards}{address}{tax_id}{total}
<button class="btn primary wide">{button}</button>
</form>
"""
_BACK = '<p class="back"><a href="{}">← Back to the seller</a></p>'
_LINE = '<div><dt>{} <span class="meta">× {}</span></dt><dd>{}</dd></div>'
_SUM = "<div><dt>{}</dt><dd>{}</dd></div>"
_TOTAL = '<input type="hidden" name="total" value="{}">'
_EMAIL = """
<p class="field"><label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="off" value="{}" required></p>
"""


def checkout(session: Json, lines: list[Json], customer: Json | None, form: Form, trouble: str = "") -> str:
    """`form`: what was typed before, if anything; a number never is."""
    known = customer or {}
    payment = session["mode"] == "payment"
    main = format_html(
        _MAIN,
        id=session["id"],
        back=format_html(_BACK, session["cancel_url"]) if session["cancel_url"] else "",
        title=dollars(session["amount_total"]) if payment else "Save a payment method",
        lines=_sums(session, lines) if payment else _why(),
        error=error(trouble),
        email="" if customer else format_html(_EMAIL, form.get("email") or session["customer_email"] or ""),
        cards=fields.cards(banks="us_bank_account" in session["payment_method_types"], picked=form.get("card", "")),
        address=fields.address(form or known.get("address"), form.get("name") or known.get("name")),
        tax_id=fields.tax_id(form) if session["tax_id_collection"]["enabled"] else "",
        total=format_html(_TOTAL, session["amount_total"]) if payment else "",
        button=f"Pay {dollars(session['amount_total'])}" if payment else "Save card",
    )
    return page("Checkout", main, "checkout")


def _sums(session: Json, lines: list[Json]) -> SafeString:
    rows = joined(
        format_html(_LINE, line["description"], line["quantity"], dollars(line["amount_subtotal"])) for line in lines
    )
    tax = session["total_details"]["amount_tax"]
    if session["automatic_tax"]["enabled"]:
        shown = dollars(tax) if tax or session["customer_details"] else "by your address"
        rows += format_html(_SUM, "Tax", shown)
    rows += format_html(_SUM, "Total due today", dollars(session["amount_total"]))
    return format_html('<dl class="facts">{}</dl>', rows)


def _why() -> SafeString:
    return format_html("<p>{}</p>", "Nothing is charged now. The card is kept for later payments.")
