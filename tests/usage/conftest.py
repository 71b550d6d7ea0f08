import pytest

from accounts.models import Project
from keys.actions import issue_key
from keys.models import ApiKey
from ledger.actor import Actor


@pytest.fixture
def key(project: Project) -> ApiKey:
    return issue_key(Actor.operator(), project=project, name="=cmd|'/c calc'")[0]
