"""Sessions of the customer portal."""

from dev.stripe_simulator.api.call import Call, Endpoint, unsupported
from dev.stripe_simulator.errors import Json, invalid
from dev.stripe_simulator.parameters import need
from dev.stripe_simulator.world import World

FLOWS = frozenset({"payment_method_update", "customer_update"})


def create(world: World, call: Call) -> Json:
    unsupported(call.params, "on_behalf_of", "customer_account", "configuration", "after_expiration")
    need(call.params, "customer")
    world.store.get("customer", call.params["customer"], "customer")
    back = call.get("return_url")
    if back and not back.startswith(("http://", "https://")):
        raise invalid("Not a valid URL", "return_url", "url_invalid")
    flow = call.get("flow_data")
    if flow and flow["type"] not in FLOWS:
        unsupported(flow, "type")
    session = world.make(
        "billing_portal.session",
        "bps",
        configuration="bpc_simulator",
        customer=call.params["customer"],
        flow=flow,
        locale=call.get("locale"),
        on_behalf_of=None,
        return_url=back,
        url="",
    )
    session["url"] = f"{world.url}/p/session/{session['id']}"
    return session


ENDPOINTS = [Endpoint("POST", "/v1/billing_portal/sessions", "billing_portal.SessionCreateParams", create)]
