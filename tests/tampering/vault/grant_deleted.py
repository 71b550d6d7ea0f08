from collections.abc import Callable

from tests.tampering.stage import Stage
from tests.vault.granting import open_email
from vault.models import Grant

TITLE = "a purpose that needs a grant, without one"
EXPECTED = "grant-needed"


def tamper(stage: Stage) -> Callable[[], object]:
    Grant.objects.all().delete()
    return lambda: open_email(stage.zoe, stage.grant)
