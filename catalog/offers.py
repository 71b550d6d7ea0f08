"""What the configured servers offer together: the catalog takes it over."""

from collections.abc import Iterable, Sequence

from catalog.data_policy import DataPolicy
from catalog.upstream import ListedModel, UpstreamError, list_models
from catalog.upstreams import ModelServer


def offered_models(servers: Sequence[ModelServer]) -> list[ListedModel]:
    """Return every model once, with the furthest data policy of the servers that may answer for it.

    What the operator named is offered whether its server answers now or not; UpstreamError only for a server that
    was to list its models itself.
    """
    found: dict[str, ListedModel] = {}
    for server in servers:
        for model in _offered_by(server):
            known = found.get(model.name)
            found[model.name] = _together(known, model) if known else model
    return list(found.values())


def _offered_by(server: ModelServer) -> Iterable[ListedModel]:
    if not server.models:
        return [
            ListedModel(model.name, model.owned_by, model.name, server.policy)
            for model in list_models(server.url, server.key)
        ]
    owners = _owners(server)
    return [
        ListedModel(ours, owners.get(offer.name, ""), offer.name, server.policy)
        for ours, offer in server.models.items()
    ]


def _owners(server: ModelServer) -> dict[str, str]:
    try:
        return {model.name: model.owned_by for model in list_models(server.url, server.key)}
    except UpstreamError:
        return {}


def _together(one: ListedModel, other: ListedModel) -> ListedModel:
    policy = max(one.policy, other.policy, key=lambda policy: DataPolicy(policy).distance)
    return ListedModel(one.name, one.owned_by or other.owned_by, one.upstream_name, policy)
