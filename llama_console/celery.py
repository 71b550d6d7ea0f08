"""The Celery application: settings from Django, tasks from the rooms."""

import os

from celery import Celery
from django.conf import settings

from llama_console.brokers import prepare_folders

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")

app = Celery("llama_console")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _prepare(**_: object) -> None:
    prepare_folders(settings.CELERY_BROKER_TRANSPORT_OPTIONS)


app.on_configure.connect(_prepare, weak=False)
