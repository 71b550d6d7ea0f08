"""The Celery application: settings from Django, tasks from the rooms."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")

app = Celery("llama_console")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
