"""The Celery application: settings from Django, tasks from the rooms."""

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")

app = Celery("llama_console")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def make_broker_folders() -> None:
    """Make the folders of the embedded broker, readable by us alone: kombu expects them to be there."""
    for name in ("data_folder_in", "control_folder"):
        if folder := settings.CELERY_BROKER_TRANSPORT_OPTIONS.get(name):
            Path(str(folder)).mkdir(mode=0o700, parents=True, exist_ok=True)


app.on_configure.connect(lambda **_: make_broker_folders(), weak=False)
