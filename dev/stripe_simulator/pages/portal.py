"""The customer portal: cards, billing address, tax ids, invoices."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dev.stripe_simulator.amounts import dollars
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.pages import fields
from dev.stripe_simulator.pages.frame import day, error, joined, page

_MAIN = """
{back}
<div class="page-head"><h1>Billing</h1>
<p>Llama console keeps none of this: cards, address and tax IDs stay here.</p></div>
{error}
<section class="card"><h2>Payment methods</h2>{methods}
<details{adding}><summary>Add a payment method</summary>
<form class="form" method="post" action="{at}/cards">{cards}<button class="btn primary">Add</button></form></details>
</section>
<section class="card"><h2>Billing information</h2>
<form class="form" method="post" action="{at}/billing">{email}{address}<button class="btn primary">Save</button></form>
</section>
<section class="card"><h2>Tax IDs</h2>{tax_ids}
<form class="form" method="post" action="{at}/tax-ids">{tax_id}<button class="btn primary">Add</button></form>
</section>
<section class="card"><h2>Invoices</h2>{invoices}</section>
"""
_BACK = '<p class="back"><a href="{}">← Return to Llama console</a></p>'
_METHOD = """
<li><span class="number">{name} ••••{last4}</span><span class="meta">{note}</span>
<span class="acts">{default}<form method="post" action="{at}/cards/{id}/removal">
<button class="btn plain">Remove</button></form></span></li>
"""
_DEFAULT = """
<form method="post" action="{at}/cards/{id}/default"><button class="btn plain">Make default</button></form>
"""
_TAX = """
<li><span class="number">{value}</span><span class="meta">{type}</span>
<span class="acts"><form method="post" action="{at}/tax-ids/{id}/removal">
<button class="btn plain">Remove</button></form></span></li>
"""
_INVOICE = """
<li><a href="{url}">{number}</a><span class="meta">{day}</span><span class="badge {status}">{status}</span>
<span class="amount">{total}</span></li>
"""
_EMAIL = """
<p class="field"><label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="off" value="{}"></p>
"""
_ROWS = '<ul class="rows">{}</ul>'
_NONE = '<p class="none">{}</p>'


def portal(session: Json, customer: Json, parts: dict[str, list[Json]], trouble: str = "") -> str:
    """`parts`: the customer's methods, tax_ids and invoices."""
    at = f"/p/session/{session['id']}"
    default = customer["invoice_settings"]["default_payment_method"]
    asked = (session["flow"] or {}).get("type") == "payment_method_update"
    main = format_html(
        _MAIN,
        at=at,
        back=format_html(_BACK, session["return_url"]) if session["return_url"] else "",
        error=error(trouble),
        methods=_rows([_method(at, one, default) for one in parts["methods"]], "No payment method yet."),
        adding=SafeString(" open") if asked or not parts["methods"] else "",
        cards=fields.cards(),
        email=format_html(_EMAIL, customer["email"] or ""),
        address=fields.address(customer["address"], customer["name"]),
        tax_ids=_rows([format_html(_TAX, at=at, **_tax(one)) for one in parts["tax_ids"]], "No tax ID yet."),
        tax_id=fields.tax_id(),
        invoices=_rows([_invoice(one) for one in parts["invoices"]], "No invoices yet."),
    )
    return page("Billing", main, "wide")


def _rows(rows: list[SafeString], none: str) -> SafeString:
    return format_html(_ROWS, joined(rows)) if rows else format_html(_NONE, none)


def _method(at: str, method: Json, default: str | None) -> SafeString:
    told = method[method["type"]]
    name = told.get("brand", "Bank account").capitalize()
    is_default = method["id"] == default
    return format_html(
        _METHOD,
        at=at,
        id=method["id"],
        name=name,
        last4=told["last4"],
        note="Default" if is_default else "",
        default="" if is_default else format_html(_DEFAULT, at=at, id=method["id"]),
    )


def _tax(found: Json) -> Json:
    return {name: found[name] for name in ("id", "type", "value")}


def _invoice(found: Json) -> SafeString:
    return format_html(
        _INVOICE,
        url=found["hosted_invoice_url"],
        number=found["number"],
        day=day(found["created"]),
        status=found["status"],
        total=dollars(found["total"]),
    )
