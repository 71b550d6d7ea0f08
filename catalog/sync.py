"""Making the catalog say what the model server serves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from catalog.known import KNOWN
from catalog.models import Model
from catalog.money import pico_per_token
from catalog.prices import set_price
from catalog.upstream import ListedModel
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


def sync_models(actor: Actor, listed: Sequence[ListedModel], *, priced_from: datetime | None = None) -> list[Model]:
    """Serve exactly the listed models and return the new ones. An empty list changes nothing.

    A Llama model we know starts with its list price, valid from `priced_from`; any other has none until one is set.
    """
    if not listed:
        return []
    names = {model.name for model in listed}
    with transaction.atomic():
        existing = set(Model.objects.values_list("name", flat=True))
        added = [_add(actor, model, priced_from) for model in listed if model.name not in existing]
        ended = Model.objects.filter(is_served=True).exclude(name__in=names).update(is_served=False)
        again = Model.objects.filter(is_served=False, name__in=names).update(is_served=True)
        changed = sum(_follow(model) for model in listed if model.name in existing)
        if added or ended or again or changed:
            record_event(
                actor,
                Action.MODELS_SYNCED,
                target="catalog",
                added=len(added),
                ended=ended,
                again=again,
                changed=changed,
            )
    return added


def _follow(listed: ListedModel) -> int:
    """Take over where a model is answered from now on, and tell whether that is news."""
    now = {"upstream_name": listed.upstream_name or listed.name, "policy": listed.policy}
    return Model.objects.filter(name=listed.name).exclude(**now).update(**now)


def _add(actor: Actor, listed: ListedModel, priced_from: datetime | None) -> Model:
    known = KNOWN.get(listed.name)
    model = Model.objects.create(
        name=listed.name,
        title=known.title if known else listed.name[:80],
        upstream_name=listed.upstream_name or listed.name,
        policy=listed.policy,
        owned_by=listed.owned_by[:80] or "unknown",
    )
    if known:
        set_price(
            actor,
            model,
            input_rate=pico_per_token(known.input_price),
            cached_input_rate=pico_per_token(known.input_price / 4),
            output_rate=pico_per_token(known.output_price),
            effective_from=priced_from,
        )
    return model
