from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from tests.conftest import person
from tests.vault.granting import Approvers
from tests.vault.specimen import VALUES, Specimen, register


@pytest.fixture(scope="session")
def _specimens(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    register()
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.create_model(Specimen)
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.delete_model(Specimen)


@pytest.fixture
def specimen(_specimens: None, db: None) -> Specimen:
    row = Specimen.objects.create(number=1, **VALUES)
    return Specimen.objects.get(pk=row.pk)


@pytest.fixture
def approvers(settings: Any, tmp_path: Path) -> Approvers:
    """Ana and Bo may approve; nobody else may."""
    settings.APPROVERS_FILE = tmp_path / "approvers.json"
    approvers = Approvers(settings.APPROVERS_FILE)
    approvers.admit("staff:ana", "staff:bo")
    return approvers


@pytest.fixture
def zoe() -> User:
    return person("zoe@example.com", name="Zoë\x1b[31m")
