"""A new Checkout session, with all that Stripe tells of one."""

from dev.stripe_simulator.amounts import currency
from dev.stripe_simulator.api.call import Call, metadata
from dev.stripe_simulator.errors import Json

METHODS = frozenset({"card", "us_bank_account"})

_NOTHING = (
    "adaptive_pricing",
    "after_expiration",
    "allow_promotion_codes",
    "amount_subtotal",
    "amount_total",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "customer_details",
    "invoice",
    "origin_context",
    "payment_intent",
    "payment_link",
    "recovered_from",
    "return_url",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
    "total_details",
    "url",
)  # what it never has, or not at first


def methods(call: Call) -> list[str]:
    known = {"card"} if call.params["mode"] == "setup" else METHODS
    allowed = set(call.get("allowed_payment_method_types") or known)
    return sorted(allowed & known - set(call.get("excluded_payment_method_types") or ()))


def enabled(call: Call, name: str) -> bool:
    return bool(call.get(name, {}).get("enabled"))


def blank(call: Call) -> Json:
    payment = call.params["mode"] == "payment"
    creation = call.get("invoice_creation", {"enabled": False})
    data = creation.get("invoice_data", {})
    names = ("account_tax_ids", "custom_fields", "description", "footer", "metadata", "rendering_options")
    shown = {"enabled": creation["enabled"], "invoice_data": {"issuer": None, **{n: data.get(n) for n in names}}}
    tax = {"enabled": enabled(call, "automatic_tax"), "liability": None, "provider": None, "status": None}
    return {
        **dict.fromkeys(_NOTHING),
        "allowed_payment_method_types": call.get("allowed_payment_method_types"),
        "automatic_tax": tax,
        "billing_address_collection": call.get("billing_address_collection"),
        "cancel_url": call.get("cancel_url"),
        "client_reference_id": call.get("client_reference_id"),
        "currency": currency(call.get("currency", "usd")) if payment else call.get("currency"),
        "custom_fields": [],
        "custom_text": {"after_submit": None, "shipping_address": None, "submit": None},
        "customer_creation": call.get("customer_creation", "if_required") if payment else None,
        "customer_email": call.get("customer_email"),
        "discounts": [],
        "excluded_payment_method_types": call.get("excluded_payment_method_types"),
        "expires_at": 0,
        "invoice_creation": shown if payment else None,
        "locale": call.get("locale"),
        "metadata": metadata({}, call.get("metadata")),
        "mode": call.params["mode"],
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": methods(call),
        "payment_status": "unpaid" if payment else "no_payment_required",
        "shipping_options": [],
        "status": "open",
        "submit_type": call.get("submit_type"),
        "success_url": call.params["success_url"],
        "tax_id_collection": {"enabled": enabled(call, "tax_id_collection"), "required": "never"},
        "ui_mode": "hosted_page",
    }
