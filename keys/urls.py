from django.urls import path

from keys.views import keys, revocation

app_name = "keys"
urlpatterns = [
    path("", keys.key_list, name="list"),
    path("new/", keys.create, name="create"),
    path("<uuid:key_id>/revocation/", revocation.revocation, name="revocation"),
]
