from django.urls import path

from trust.views import data_access, proof

app_name = "trust"
urlpatterns = [
    path("", data_access.data_access, name="data_access"),
    path("data-access.csv", data_access.export, name="export"),
    path("bundle.json", proof.bundle, name="bundle"),
    path("verify_ledger.py", proof.verifier, name="verifier"),
]
