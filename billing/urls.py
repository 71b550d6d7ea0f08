from django.urls import path

from billing.views import cap, invoices, ledger, lots, overview

app_name = "billing"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("credits/", lots.credit_list, name="credits"),
    path("credits/<uuid:lot_id>/", lots.credit_lot, name="credit_lot"),
    path("invoices/", invoices.invoice_list, name="invoices"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/export.<slug:form>", ledger.export, name="export"),
    path("cap/", cap.cap, name="cap"),
]
