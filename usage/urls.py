from django.urls import path

from usage.views import ingest_errors, report

app_name = "usage"
urlpatterns = [
    path("", report.report, name="report"),
    path("usage.csv", report.export, name="export"),
    path("ingest-errors/", ingest_errors.page, name="ingest_errors"),
]
