"""No address changes anything without an event: each that takes more than a GET says which, or why none.

The declaration is one half; the other is the watch of tests/support/witness.py over every request of every test.
"""

import ast
from pathlib import Path

import pytest
from django.http import HttpResponseNotAllowed
from django.test import Client

from accounts.actions import make_operator
from accounts.models import User
from ledger.actor import Actor
from ledger.models import Action
from tests.audit.mutations import MUTATIONS, Exempt
from tests.support.routes import Route, routes

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


def methods_of(client: Client, route: Route) -> set[str]:
    """Return the methods that a route takes: as its class says, or as it answers to one that nobody takes."""
    if route.methods is not None:
        return set(route.methods)
    answer = client.generic("LINK", route.path)
    assert isinstance(answer, HttpResponseNotAllowed), f"{route.name} takes any method, or none: {answer.status_code}"
    return {method.strip() for method in answer["Allow"].split(",")}


@pytest.fixture
def mutating(as_owner: Client, owner: User) -> set[str]:
    make_operator(Actor.operator(), user=owner)
    return {route.name for route in routes() if methods_of(as_owner, route) - _SAFE}


def test_each_route_that_changes_something_declares_its_event(mutating: set[str]) -> None:
    assert mutating - MUTATIONS.keys() == set()


def test_no_declaration_outlives_its_route(mutating: set[str]) -> None:
    assert MUTATIONS.keys() - mutating == set()


def test_no_exemption_is_without_a_reason() -> None:
    assert all(len(each.because) > 9 for each in MUTATIONS.values() if isinstance(each, Exempt))
    assert all(each for each in MUTATIONS.values())


def test_each_action_is_written_somewhere_and_each_of_the_table_is_one() -> None:
    written = {
        node.attr
        for path in ROOT.glob("*/**/*.py")
        if path.parts[len(ROOT.parts)] not in {"tests", ".venv", "var", "bench", "ledger"}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Action"
    }
    assert {action.name for action in Action} - written == set()
