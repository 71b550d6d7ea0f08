"""One disclosure through the unsealer's socket: what it takes beyond the durable commit of its leaf."""

from collections.abc import Callable, Iterator

from bench.bar import Bar
from bench.commit import bare_commit
from bench.isolated import isolated
from bench.keeper import unsealer_process
from bench.rounds import medians

ROUNDS = 401


def bars() -> Iterator[Bar]:
    with isolated() as folder:
        commit, disclose = bare_commit(folder / "bare.sqlite3"), _disclosure()
        inside = medians({"commit": commit, "disclosure": disclose}, rounds=ROUNDS)
        with unsealer_process(folder):
            outside = medians({"commit": commit, "disclosure": disclose}, rounds=ROUNDS)
    for where, took in (("through the socket", outside), ("in process", inside)):
        whole, bare = took["disclosure"] / 1000, took["commit"] / 1000
        yield Bar(f"disclosure {where} ({whole:.2f} ms), beyond a bare commit ({bare:.2f} ms)", whole - bare, "ms", 1)


def _disclosure() -> Callable[[], object]:
    from accounts.models import User
    from ledger.actor import Actor
    from vault.disclosure import disclose
    from vault.purposes import Purpose

    created = User.objects.create_user("olivia@example.com", None)
    user = User.objects.get(pk=created.pk)
    actor = Actor.user(user.pk)

    def opened() -> str:
        with disclose(
            Purpose.OWN_ACCOUNT, actor=actor, tenant=user.pk, fields=[User.email], subjects=[user.pk]
        ) as scope:
            return scope.open(user.email)

    return opened
