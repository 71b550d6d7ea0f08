from collections.abc import Callable

from accounts.models import Membership
from content.models import StoredExchange
from tests.tampering.stage import Stage

TITLE = "content of the tenant in a column of customer data"
EXPECTED = "wrong-key"


def tamper(stage: Stage) -> Callable[[], object]:
    content = stage.read(StoredExchange, "request", stage.exchange().pk)
    stage.write(Membership, "role", stage.membership().pk, content)
    return stage.open_role
