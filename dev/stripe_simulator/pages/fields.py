"""The fields that several pages have: a test card, a billing address, a tax id."""

from collections.abc import Iterable, Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dev.stripe_simulator.acts.buyers import Billing
from dev.stripe_simulator.acts.tax_ids import OFFERED
from dev.stripe_simulator.cards import BANKS, CARDS, Card
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.pages.frame import joined

Form = Mapping[str, str]
COUNTRIES = {
    "US": "United States",
    "AT": "Austria",
    "AU": "Australia",
    "BE": "Belgium",
    "BR": "Brazil",
    "CA": "Canada",
    "CH": "Switzerland",
    "DE": "Germany",
    "DK": "Denmark",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "NL": "Netherlands",
    "PL": "Poland",
    "SE": "Sweden",
}
_CARDS = """
<fieldset><legend>{legend}</legend><div class="choices">{choices}</div></fieldset>
<p class="field"><label for="number">Or type a test card’s number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="off" maxlength="23"
placeholder="4242 4242 4242 4242">
<span class="hint">Any expiry and code would do, so nobody asks for them.</span></p>
"""
_CHOICE = """
<label class="choice"><input type="radio" name="card" value="{value}"{checked}>
<span class="number">{number}</span><span class="meta">{title}</span></label>
"""
_ADDRESS = """
<fieldset><legend>Billing address</legend>
<p class="field"><label for="name">Name</label>
<input id="name" name="name" autocomplete="off" value="{name}"></p>
<p class="field"><label for="line1">Street</label>
<input id="line1" name="line1" autocomplete="off" value="{line1}"></p>
<div class="pair">
<p class="field"><label for="postal_code">Postal code</label>
<input id="postal_code" name="postal_code" autocomplete="off" value="{postal_code}"></p>
<p class="field"><label for="city">City</label><input id="city" name="city" autocomplete="off" value="{city}"></p>
</div>
<p class="field"><label for="country">Country</label><select id="country" name="country">{countries}</select></p>
</fieldset>
"""
_TAX_ID = """
<fieldset><legend>Tax ID of a business</legend>
<div class="pair">
<p class="field"><label for="tax_type">Kind</label><select id="tax_type" name="tax_type">{types}</select></p>
<p class="field"><label for="tax_value">Number</label>
<input id="tax_value" name="tax_value" autocomplete="off" placeholder="DE123456789" value="{value}"></p>
</div></fieldset>
"""
_OPTION = '<option value="{}"{}>{}</option>'


def cards(legend: str = "Test card", *, banks: bool = False, picked: str = "") -> SafeString:
    offered = (*CARDS, *BANKS) if banks else CARDS
    return format_html(
        _CARDS, legend=legend, choices=joined(_choice(card, picked or CARDS[0].token) for card in offered)
    )


def address(known: Json | Form | None, name: str | None) -> SafeString:
    known = known or {}
    shown = {part: known.get(part) or "" for part in ("line1", "postal_code", "city")}
    countries = options(COUNTRIES.items(), known.get("country") or "US")
    return format_html(_ADDRESS, name=name or "", countries=countries, **shown)


def tax_id(form: Form | None = None) -> SafeString:
    form = form or {}
    types = options(zip(OFFERED, OFFERED, strict=True), form.get("tax_type", "eu_vat"))
    return format_html(_TAX_ID, types=types, value=form.get("tax_value", ""))


def options(offered: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    selected = SafeString(" selected")
    return joined(format_html(_OPTION, value, selected if value == chosen else "", text) for value, text in offered)


def billing(form: Form) -> Billing:
    """Read what was typed; the form asked for no more than it shows."""
    typed = {part: form.get(part, "").strip() or None for part in ("line1", "postal_code", "city")}
    country = form.get("country", "")
    value = form.get("tax_value", "").strip()
    return Billing(
        email=form.get("email", "").strip(),
        name=form.get("name", "").strip(),
        address={"line2": None, "state": None, **typed, "country": country} if country in COUNTRIES else {},
        tax_id=(form.get("tax_type", ""), value) if value else None,
    )


def _choice(card: Card, picked: str) -> SafeString:
    number = f"Bank account ••••{card.last4}" if card.settles else spaced(card.number)
    checked = SafeString(" checked") if card.token == picked else ""
    return format_html(_CHOICE, value=card.token, number=number, title=card.title, checked=checked)


def spaced(number: str) -> str:
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))
