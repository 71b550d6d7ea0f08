"""Events of the last thirty days, and where they are delivered to."""

from collections.abc import Iterator

from dev.stripe_simulator.api.call import Call, Endpoint
from dev.stripe_simulator.api.listing import listed, listing
from dev.stripe_simulator.errors import Json, StripeError, no_such
from dev.stripe_simulator.world import World

KEPT = 30 * 24 * 3600  # seconds
MOST_TYPES = 20


def retrieve(world: World, call: Call) -> Json:
    event = world.store.get("event", call.id)
    if event["created"] < world.now() - KEPT:
        raise no_such("event", call.id)
    return _shown(world, event)


def list_all(world: World, call: Call) -> Json:
    types = call.get("types") or []
    if types and call.get("type"):
        raise StripeError("You may only specify one of these parameters: type, types.", code="parameters_exclusive")
    if len(types) > MOST_TYPES:
        raise StripeError(f"You may list at most {MOST_TYPES} types.", param="types")
    answer = listing(call, _matching(world, call))
    answer["data"] = [_shown(world, event) for event in answer["data"]]
    return answer


def _matching(world: World, call: Call) -> Iterator[Json]:
    types = call.get("types") or ([call.params["type"]] if call.get("type") else None)
    delivered = call.get("delivery_success")
    since = world.now() - KEPT
    for event in world.store.where("event"):
        if event["created"] < since or (types and not any(_is(event["type"], asked) for asked in types)):
            continue
        if delivered in (None, world.webhooks.is_delivered(event["id"])):
            yield event


def _is(type: str, asked: str) -> bool:
    return type.startswith(asked[:-1]) if asked.endswith("*") else type == asked


def _shown(world: World, event: Json) -> Json:
    return {**event, "pending_webhooks": 0 if world.webhooks.is_delivered(event["id"]) else 1}


def endpoints(world: World, call: Call) -> Json:
    endpoint: Json = {
        "id": "we_simulator",
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": world.now(),
        "description": "The console",
        "enabled_events": ["*"],
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": world.webhooks.url,
    }
    return listed([endpoint], call.path)


ENDPOINTS = [
    Endpoint("GET", "/v1/events", "EventListParams", list_all),
    Endpoint("GET", "/v1/events/{id}", "EventRetrieveParams", retrieve),
    Endpoint("GET", "/v1/webhook_endpoints", "WebhookEndpointListParams", endpoints),
]
