from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.models import Grant

TITLE = "a grant is inserted whole, without a signature"
EXPECTED = "grant-not-approved"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.grant = Grant.objects.create(
        purpose="support-request",
        tenant=stage.zoe.pk,
        fields=["accounts.User.email"],
        subjects=[str(stage.zoe.pk)],
        case="T-9",
        maximum=9,
        requester="staff:bo",
    )
    return stage.open_granted
