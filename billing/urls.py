from django.urls import path

from billing.views import (
    cap,
    documents,
    invoices,
    ledger,
    lots,
    overview,
    payment_methods,
    purchases,
    recharge,
    refunds,
    tax,
    warning,
)

app_name = "billing"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("credit/", purchases.credit, name="credit"),
    path("credit/<uuid:top_up_id>/", purchases.purchase, name="purchase"),
    path("credit/<uuid:top_up_id>/payment/", purchases.payment, name="payment"),
    path("credit/<uuid:top_up_id>/confirmation/", purchases.confirmation, name="confirmation"),
    path("credits/", lots.credit_list, name="credits"),
    path("credits/<uuid:lot_id>/", lots.credit_lot, name="credit_lot"),
    path("credits/<uuid:lot_id>/refund/", refunds.refund, name="refund"),
    path("auto-recharge/", recharge.auto_recharge, name="auto_recharge"),
    path("balance-warning/", warning.balance_warning, name="balance_warning"),
    path("payment-methods/", payment_methods.method_list, name="payment_methods"),
    path("payment-methods/shown/", payment_methods.shown, name="methods_shown"),
    path("payment-methods/portal/", payment_methods.portal, name="portal"),
    path("tax/", tax.tax, name="tax"),
    path("tax/shown/", tax.shown, name="tax_shown"),
    path("invoices/", invoices.invoice_list, name="invoices"),
    path("invoices/verify_invoice.py", invoices.verifier, name="invoice_verifier"),
    path("invoices/<int:number>/", invoices.invoice, name="invoice"),
    path("invoices/<int:number>/bundle/", invoices.bundle, name="invoice_bundle"),
    path("invoices/<int:number>/hosted/", documents.hosted, name="invoice_hosted"),
    path("invoices/<int:number>/pdf/", documents.pdf, name="invoice_pdf"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/export.<slug:form>", ledger.export, name="export"),
    path("cap/", cap.cap, name="cap"),
]
