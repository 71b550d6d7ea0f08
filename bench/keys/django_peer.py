"""Django REST framework with HasAPIKey on PostgreSQL, as startproject and both documentations set it up.

Only better: it keeps its connection, and renders nothing but JSON. It runs in the peer's own environment.

`python bench/keys/django_peer.py` makes the tables and prints a key; `django_peer:application` is the WSGI program.
"""

import os
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import path

_database = urlsplit(os.environ["PEER_DATABASE_URL"])
settings.configure(
    SECRET_KEY="a key for benchmarks alone",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "rest_framework",
        "rest_framework_api_key",
    ],
    REST_FRAMEWORK={
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework_api_key.permissions.HasAPIKey"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _database.path.removeprefix("/"),
            "USER": _database.username,
            "PASSWORD": _database.password or "",
            "HOST": _database.hostname,
            "PORT": _database.port or 5432,
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from rest_framework.response import Response  # noqa: E402  both need Django's apps
from rest_framework.views import APIView  # noqa: E402


class Verify(APIView):
    def post(self, request: object) -> Response:
        return Response({"valid": True})


urlpatterns = [path("verify", Verify.as_view())]
application = get_wsgi_application()

if __name__ == "__main__":
    from rest_framework_api_key.models import APIKey

    call_command("migrate", verbosity=0)
    sys.stdout.write(APIKey.objects.create_key(name="bench")[1])
