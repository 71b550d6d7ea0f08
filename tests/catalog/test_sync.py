"""What the servers offer is what the catalog says: names, data policies, and what ended."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from catalog.data_policy import DataPolicy
from catalog.models import Model
from catalog.offers import offered_models
from catalog.served import served_models
from catalog.sync import sync_models
from catalog.upstream import ListedModel, UpstreamError
from catalog.upstreams import ModelServer, Offer
from ledger.actor import Actor
from ledger.models import Action, AuditEvent

OPERATOR = Actor.operator()


class Listing(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"data": [{"id": "theirs", "owned_by": "Meta"}, {"id": "unnamed"}]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def test_a_server_offers_what_it_lists_or_what_the_operator_named(url: str) -> None:
    assert [model.name for model in offered_models([ModelServer("a", url)])] == ["theirs", "unnamed"]
    (model,) = offered_models([ModelServer("a", url, models={"ours": Offer("theirs")}, policy=DataPolicy.OUTSIDE)])
    assert model == ListedModel("ours", "Meta", "theirs", DataPolicy.OUTSIDE)


def test_a_server_that_is_away_still_offers_what_the_operator_named() -> None:
    away = "http://127.0.0.1:1/v1"
    (model,) = offered_models([ModelServer("a", away, models={"ours": Offer("theirs")})])
    assert model.name == "ours"
    with pytest.raises(UpstreamError):
        offered_models([ModelServer("a", away)])


def test_a_model_that_several_servers_answer_for_has_the_furthest_policy() -> None:
    policies = (DataPolicy.LOCAL, DataPolicy.CONTRIBUTES, DataPolicy.OUTSIDE)
    servers = [
        ModelServer(f"s{place}", "http://127.0.0.1:1", models={"ours": Offer("theirs")}, policy=policy)
        for place, policy in enumerate(policies)
    ]
    (model,) = offered_models(servers)
    assert model.policy is DataPolicy.CONTRIBUTES


@pytest.mark.django_db
def test_the_catalog_follows_where_a_model_is_answered() -> None:
    sync_models(OPERATOR, [ListedModel("llama", "Meta")])
    assert [(model.upstream_name, model.policy) for model in served_models()] == [("llama", DataPolicy.LOCAL)]
    sync_models(OPERATOR, [ListedModel("llama", "Meta", "meta/llama", DataPolicy.OUTSIDE)])
    assert [(model.upstream_name, model.policy) for model in served_models()] == [("meta/llama", DataPolicy.OUTSIDE)]
    events = AuditEvent.objects.filter(action=Action.MODELS_SYNCED)
    assert events.count() == 2
    sync_models(OPERATOR, [ListedModel("llama", "Meta", "meta/llama", DataPolicy.OUTSIDE)])
    assert events.count() == 2
    sync_models(OPERATOR, [ListedModel("other", "Meta")])
    assert not Model.objects.get(name="llama").is_served
