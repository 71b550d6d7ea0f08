from django.urls import path

from llama_console.views.blocked import dry_run, page

app_name = "blocked"
urlpatterns = [
    path("", page.page, name="list"),
    path("dry-run/", dry_run.page, name="dry_run"),
]
