"""A new Checkout session, with all that Stripe tells of one."""

from dev.stripe_simulator.amounts import currency
from dev.stripe_simulator.api.call import Call, metadata
from dev.stripe_simulator.errors import Json

METHODS = frozenset({"card", "us_bank_account"})


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
        "adaptive_pricing": None,
        "after_expiration": None,
        "allowed_payment_method_types": call.get("allowed_payment_method_types"),
        "allow_promotion_codes": None,
        "amount_subtotal": None,
        "amount_total": None,
        "automatic_tax": tax,
        "billing_address_collection": call.get("billing_address_collection"),
        "cancel_url": call.get("cancel_url"),
        "client_reference_id": call.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "currency": currency(call.get("currency", "usd")) if payment else call.get("currency"),
        "custom_fields": [],
        "custom_text": {"after_submit": None, "shipping_address": None, "submit": None},
        "customer_creation": call.get("customer_creation", "if_required") if payment else None,
        "customer_details": None,
        "customer_email": call.get("customer_email"),
        "discounts": [],
        "excluded_payment_method_types": call.get("excluded_payment_method_types"),
        "expires_at": 0,
        "invoice": None,
        "invoice_creation": shown if payment else None,
        "locale": call.get("locale"),
        "metadata": metadata({}, call.get("metadata")),
        "mode": call.params["mode"],
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": methods(call),
        "payment_status": "unpaid" if payment else "no_payment_required",
        "recovered_from": None,
        "return_url": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": call.get("submit_type"),
        "subscription": None,
        "success_url": call.params["success_url"],
        "tax_id_collection": {"enabled": enabled(call, "tax_id_collection"), "required": "never"},
        "total_details": None,
        "ui_mode": "hosted_page",
        "url": None,
    }
