from collections.abc import Callable

from tests.tampering.stage import Stage
from tests.vault.granting import open_email
from vault.models import Grant

TITLE = "a signature is copied with all that it says to another grant"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    twin = Grant.objects.get(pk=stage.grant.pk)
    twin.pk = type(twin)().pk
    twin.save(force_insert=True)
    return lambda: open_email(stage.zoe, twin)
