"""Which room's tables live in which database (commitment C2: data and content apart).

Console data, customer content, and the vault with the ledger's leaves have a database each;
no relation crosses.
"""

from typing import Any

from django.db import models

CONTENT, VAULT = "content", "vault"
_CONSOLE_MODELS = {("ledger", "auditevent"), ("ledger", "pendingevent")}


def database_of(app_label: str, model_name: str | None) -> str:
    if app_label == "content":
        return CONTENT
    if app_label == "vault" or (app_label == "ledger" and (app_label, model_name) not in _CONSOLE_MODELS):
        return VAULT
    return "default"


class RoomRouter:
    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        return database_of(model._meta.app_label, model._meta.model_name)

    db_for_write = db_for_read

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        places = {database_of(each._meta.app_label, each._meta.model_name) for each in (one, other)}
        return len(places) == 1

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        return database_of(app_label, model_name) == db
