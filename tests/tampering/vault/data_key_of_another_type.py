from collections.abc import Callable

import pytest
from django.db import connections

from ledger.append import adapt
from tests.tampering.stage import Stage

TITLE = "a text or a number where a wrapped data key stood"
EXPECTED = "unreadable"


def tamper(stage: Stage) -> list[Callable[[], object]]:
    connection = connections["vault"]
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps bytes alone in a column of bytes")

    def write_and_open(wrapped: object) -> object:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE vault_datakey SET wrapped = %s WHERE tenant = %s", [wrapped, adapt(stage.zoe.pk)])
        return stage.open_own()

    stage.restart()
    return [lambda wrapped=wrapped: write_and_open(wrapped) for wrapped in ("text", 7, 1.5)]  # type: ignore[misc]
