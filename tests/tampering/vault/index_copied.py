from collections.abc import Callable

from django.db import transaction

from tests.tampering.stage import Stage

TITLE = "the index of an address is copied to another user"
EXPECTED = "database"
RECORDED = False


def tamper(stage: Stage) -> Callable[[], object]:
    index = stage.zoe.email_indexes.get()

    def copy() -> None:
        with transaction.atomic():
            stage.yan.email_indexes.all().delete()
            stage.yan.email_indexes.create(version=index.version, value=index.value)

    return copy
