from django.urls import path

from keys.views import admin_keys, admin_revocation

app_name = "admin_keys"
urlpatterns = [
    path("", admin_keys.admin_key_list, name="list"),
    path("new/", admin_keys.create, name="create"),
    path("<uuid:key_id>/revocation/", admin_revocation.revocation, name="revocation"),
]
