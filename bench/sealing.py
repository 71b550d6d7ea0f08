"""Sealing against django-cryptography as it comes, raw AES-GCM and plain columns: one value, and a list of rows."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

from bench.bar import Bar
from bench.isolated import isolated
from bench.rounds import medians

ROWS = 1000
FIELDS = ("name", "email", "phone", "location")
TENANT = UUID(int=7)


def bars() -> Iterator[Bar]:
    with isolated():
        for size, label in ((32, "32 B"), (4096, "4 KiB")):
            yield from _values(size, label)
        yield from _lists()


def _values(size: int, label: str) -> Iterator[Bar]:
    """One value: each suite at most what the package takes, and AES-256-GCM near the bare cipher with a new key."""
    sealing, opening = _value_tasks(os.urandom(size))
    for verb, tasks in (("seal", sealing), ("open", opening)):
        took = medians(tasks, rounds=41, calls=200)
        for name in ("xchacha20-poly1305", "aes-256-gcm"):
            yield Bar(f"{verb} {label} {name}, against django-cryptography", took[name], "µs", took["package"])
        bare, reused = took["AES-GCM"], took["AES-GCM, reused"]
        name = f"{verb} {label} aes-256-gcm, against 4 × raw AES-GCM ({bare:.1f} µs; {reused:.1f} with one object)"
        yield Bar(name, took["aes-256-gcm"], "µs", 4 * bare)


def _value_tasks(value: bytes) -> tuple[dict[str, Callable[[], object]], dict[str, Callable[[], object]]]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from django.db import models
    from django_cryptography.fields import encrypt

    from vault import suites

    key, key_id, place, nonce = os.urandom(32), os.urandom(8), os.urandom(120), os.urandom(12)
    package, cipher, keyed = encrypt(models.BinaryField()), AESGCM(key), suites.keyed(key)
    dumped, raw = package._dump(value), cipher.encrypt(nonce, value, place)
    sealing: dict[str, Callable[[], object]] = {
        "package": lambda: package._dump(value),
        "AES-GCM": lambda: AESGCM(key).encrypt(nonce, value, place),
        "AES-GCM, reused": lambda: cipher.encrypt(nonce, value, place),
    }
    opening: dict[str, Callable[[], object]] = {
        "package": lambda: package._load(dumped),
        "AES-GCM": lambda: AESGCM(key).decrypt(nonce, raw, place),
        "AES-GCM, reused": lambda: cipher.decrypt(nonce, raw, place),
    }
    for suite in suites.SUITES.values():
        record = suites.seal(keyed, key_id, place, value, suite)
        sealing[suite.name] = lambda suite=suite: suites.seal(keyed, key_id, place, value, suite)
        opening[suite.name] = lambda record=record: suites.unseal(keyed, place, record)
    return sealing, opening


def _lists() -> Iterator[Bar]:
    """A list of rows: unopened near plain columns, opened well under the package's default."""
    plain, package, sealed = _models()
    took = medians(
        {
            "plain": lambda: list(plain.objects.all()),
            "package": lambda: list(package.objects.all()),
            "unopened": lambda: list(sealed.objects.all()),
            "opened": lambda: _open_all(sealed),
        },
        rounds=21,
    )
    values = ROWS * len(FIELDS)
    ours, theirs = (took["opened"] - took["unopened"]) / values, (took["package"] - took["plain"]) / values
    milliseconds = ", ".join(f"{name} {micros / 1000:.1f}" for name, micros in took.items())
    yield Bar(
        f"list {ROWS} rows × {len(FIELDS)} ({milliseconds} ms), unopened", took["unopened"] / took["plain"], "×", 1.5
    )
    yield Bar(f"open a field, against 0.7 × django-cryptography ({theirs:.1f} µs)", ours, "µs", 0.7 * theirs)


def _open_all(model: Any) -> list[str]:
    from ledger.actor import Actor
    from vault.disclosure import disclose
    from vault.purposes import Purpose

    rows = list(model.objects.all())
    covered: dict[str, Any] = {"tenant": TENANT, "subjects": [row.pk for row in rows]}
    fields = [getattr(model, name) for name in FIELDS]
    with disclose(Purpose.OWN_ACCOUNT, actor=Actor.user(TENANT), fields=fields, **covered) as scope:
        return scope.open_all([getattr(row, name) for row in rows for name in FIELDS])


def _models() -> tuple[Any, Any, Any]:
    """Return three throw-away models, filled with the same rows: plain, the package's fields, ours."""
    from django.db import connection, models
    from django_cryptography.fields import encrypt

    from vault.fields import SealedCharField

    made = (
        _model("plain", lambda: models.CharField(max_length=120)),
        _model("package", lambda: encrypt(models.CharField(max_length=120))),
        _model("sealed", lambda: SealedCharField(max_length=120)),
    )
    with connection.schema_editor() as editor:
        for model in made:
            editor.create_model(model)
    for model in made:
        model.objects.bulk_create(model(**{name: f"{name} of person {n}" for name in FIELDS}) for n in range(ROWS))
    return made


def _model(table: str, field: Callable[[], Any]) -> Any:
    """Return a model that is called accounts.User, so that the purpose table opens its fields."""
    from django.db import models
    from django.test.utils import isolate_apps

    with isolate_apps("accounts"):
        attributes = {
            "__module__": __name__,
            "Meta": type("Meta", (), {"app_label": "accounts", "db_table": f"bench_{table}"}),
            "id": models.UUIDField(primary_key=True, default=uuid4),
            "vault_tenant": TENANT,
            **{name: field() for name in FIELDS},
        }
        return type("User", (models.Model,), attributes)
