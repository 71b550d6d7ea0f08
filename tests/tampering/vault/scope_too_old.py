from collections.abc import Callable
from dataclasses import replace

from accounts.models import User
from tests.tampering.stage import Stage
from vault.keyring import Keyring
from vault.roots import roots
from vault.unsealer.in_process import append
from vault.unsealer.messages import Begin, Open, Opening
from vault.unsealer.opening import begin, open_values
from vault.unsealer.session import Session

TITLE = "a scope that is open for too long"
EXPECTED = "scope-closed"


def tamper(stage: Stage) -> Callable[[], object]:
    value = User.objects.get(pk=stage.zoe.pk).email.message()
    session = Session(Keyring(roots()), append)
    opening = Opening("own-account", f"user:{stage.zoe.pk}", value.tenant, [value.label], [value.pk])
    token = begin(session, Begin(opening))
    session.scopes[token] = replace(session.scopes[token], until=0.0)
    return lambda: open_values(session, Open(token, [value]))
