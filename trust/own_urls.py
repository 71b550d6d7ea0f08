from django.urls import path

from trust.views import own

app_name = "own_access"
urlpatterns = [
    path("", own.data_access, name="data_access"),
    path("data-access.csv", own.export, name="export"),
    path("bundle.json", own.bundle, name="bundle"),
    path("verify_ledger.py", own.verifier, name="verifier"),
]
