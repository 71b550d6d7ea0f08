from django.urls import path

from accounts.views.organizations import deletion, leaving, ownership, roles, settings

app_name = "organizations"
urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("settings/leaving/", leaving.leaving, name="leaving"),
    path("settings/ownership/", ownership.ownership, name="ownership"),
    path("settings/deletion/", deletion.deletion, name="deletion"),
    path("settings/deletion/cancellation/", deletion.cancellation, name="deletion_cancellation"),
    path("roles/", roles.roles, name="roles"),
]
