from django.urls import path

from keys.views import bulk_revocation, change, key, keys, leak, revocation, rotation, service_accounts

app_name = "keys"
urlpatterns = [
    path("", keys.key_list, name="list"),
    path("new/", keys.create, name="create"),
    path("revocations/", bulk_revocation.bulk_revocation, name="bulk_revocation"),
    path("service-accounts/", service_accounts.account_list, name="service_accounts"),
    path("service-accounts/new/", service_accounts.create_account, name="service_account_create"),
    path("service-accounts/<uuid:account_id>/ending/", service_accounts.end_account, name="service_account_end"),
    path("<uuid:key_id>/", key.key_page, name="key"),
    path("<uuid:key_id>/change/", change.change, name="change"),
    path("<uuid:key_id>/rotation/", rotation.rotation, name="rotation"),
    path("<uuid:key_id>/leak/", leak.leak, name="leak"),
    path("<uuid:key_id>/revocation/", revocation.revocation, name="revocation"),
]
