"""Setup intents."""

from dev.stripe_simulator.acts import payment_methods, setups
from dev.stripe_simulator.acts.conclude import conclude
from dev.stripe_simulator.api.call import Call, Endpoint, changed, metadata, unsupported
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.parameters import need
from dev.stripe_simulator.world import World

_OTHER = ("confirmation_token", "mandate_data", "on_behalf_of", "payment_method_data", "single_use", "attach_to_self")


def create(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER)
    customer = call.get("customer")
    if customer:
        world.store.get("customer", customer, "customer")
    method = _method(world, call) if call.get("confirm") else None
    values = {name: call.params[name] for name in ("description", "usage") if name in call.params}
    intent = setups.make(world, customer, metadata=metadata({}, call.get("metadata")), **values)
    return _try(world, intent, method) if method else intent


def confirm(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER)
    return _try(world, world.store.get("setup_intent", call.id), _method(world, call))


def _method(world: World, call: Call) -> Json:
    need(call.params, "payment_method")
    return payment_methods.given(world, call.params["payment_method"])


def _try(world: World, intent: Json, method: Json) -> Json:
    error = setups.confirm(world, intent, method)
    conclude(world, intent)
    if error:
        raise error
    return intent


def update(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER, "payment_method", "customer")
    intent = world.store.get("setup_intent", call.id)
    if "metadata" in call.params:
        changed(intent, metadata=metadata(intent["metadata"], call.params["metadata"]))
    return intent


def cancel(world: World, call: Call) -> Json:
    return setups.cancel(world, world.store.get("setup_intent", call.id), call.get("cancellation_reason"))


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("setup_intent", call.id)


def list_all(world: World, call: Call) -> Json:
    equal = {name: call.params[name] for name in ("customer", "payment_method") if name in call.params}
    return listing(call, world.store.where("setup_intent", **equal))


ENDPOINTS = [
    Endpoint("POST", "/v1/setup_intents", "SetupIntentCreateParams", create),
    Endpoint("GET", "/v1/setup_intents", "SetupIntentListParams", list_all),
    Endpoint("GET", "/v1/setup_intents/{id}", "SetupIntentRetrieveParams", retrieve),
    Endpoint("POST", "/v1/setup_intents/{id}", "SetupIntentUpdateParams", update),
    Endpoint("POST", "/v1/setup_intents/{id}/confirm", "SetupIntentConfirmParams", confirm),
    Endpoint("POST", "/v1/setup_intents/{id}/cancel", "SetupIntentCancelParams", cancel),
]
