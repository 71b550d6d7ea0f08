"""Payment intents."""

from dev.stripe_simulator.acts import payment_methods, payments
from dev.stripe_simulator.acts.conclude import conclude
from dev.stripe_simulator.amounts import charged, currency
from dev.stripe_simulator.api.call import Call, Endpoint, changed, metadata, unsupported
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.parameters import need
from dev.stripe_simulator.world import World

_OTHER = (
    "application_fee_amount",
    "confirmation_token",
    "mandate_data",
    "on_behalf_of",
    "payment_method_data",
    "transfer_data",
    "transfer_group",
)
_KEPT = ("description", "receipt_email", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix")


def create(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER)
    amount = charged(call.params["amount"])
    customer = call.get("customer")
    if customer:
        world.store.get("customer", customer, "customer")
    if call.get("off_session") and not call.get("confirm"):
        raise StripeError("You cannot provide `off_session` unless `confirm` is true.", param="off_session")
    values = {name: call.params[name] for name in _KEPT if name in call.params}
    method = _method(world, call, customer) if call.get("confirm") else None
    intent = payments.make(
        world,
        amount,
        customer,
        currency=currency(call.params["currency"]),
        metadata=metadata({}, call.get("metadata")),
        **values,
    )
    return _try(world, intent, method, call) if method else intent


def confirm(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER)
    intent = world.store.get("payment_intent", call.id)
    return _try(world, intent, _method(world, call, intent["customer"]), call)


def _method(world: World, call: Call, customer: str | None) -> Json:
    need(call.params, "payment_method")
    method = payment_methods.given(world, call.params["payment_method"])
    if method["customer"] not in (None, customer):
        payment_methods.of_customer(world, method["id"], customer or "")
    return method


def _try(world: World, intent: Json, method: Json, call: Call) -> Json:
    error = payments.confirm(world, intent, method, off_session=bool(call.get("off_session")))
    conclude(world, intent)
    if error:
        raise error
    return intent


def update(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER, "payment_method", "customer", "currency")
    intent = world.store.get("payment_intent", call.id)
    values = {name: call.params[name] for name in _KEPT if name in call.params}
    if "amount" in call.params:
        if intent["status"] not in payments.OPEN:
            raise payments.unexpected(intent, "update")
        values["amount"] = charged(call.params["amount"])
    if "metadata" in call.params:
        values["metadata"] = metadata(intent["metadata"], call.params["metadata"])
    changed(intent, **values)
    return intent


def cancel(world: World, call: Call) -> Json:
    intent = world.store.get("payment_intent", call.id)
    return payments.cancel(world, intent, call.get("cancellation_reason"))


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("payment_intent", call.id)


def list_all(world: World, call: Call) -> Json:
    equal = {"customer": call.get("customer")} if call.get("customer") else {}
    return listing(call, world.store.where("payment_intent", **equal))


ENDPOINTS = [
    Endpoint("POST", "/v1/payment_intents", "PaymentIntentCreateParams", create),
    Endpoint("GET", "/v1/payment_intents", "PaymentIntentListParams", list_all),
    Endpoint("GET", "/v1/payment_intents/{id}", "PaymentIntentRetrieveParams", retrieve),
    Endpoint("POST", "/v1/payment_intents/{id}", "PaymentIntentUpdateParams", update),
    Endpoint("POST", "/v1/payment_intents/{id}/confirm", "PaymentIntentConfirmParams", confirm),
    Endpoint("POST", "/v1/payment_intents/{id}/cancel", "PaymentIntentCancelParams", cancel),
]
