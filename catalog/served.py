"""The models that callers may name."""

from dataclasses import dataclass

from catalog.data_policy import DataPolicy
from catalog.models import Model


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model as the API lists it."""

    name: str  # the id that callers use
    upstream_name: str  # the id that the upstream uses
    owned_by: str
    created: int  # Unix seconds
    policy: DataPolicy = DataPolicy.LOCAL


def served_models() -> tuple[ServedModel, ...]:
    """Return every model that is served now, by name."""
    return tuple(
        ServedModel(
            name=model.name,
            upstream_name=model.upstream_name,
            owned_by=model.owned_by,
            created=int(model.created_at.timestamp()),
            policy=DataPolicy(model.policy),
        )
        for model in Model.objects.filter(is_served=True)
    )
