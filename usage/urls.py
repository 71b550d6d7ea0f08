from django.urls import path

from usage.views import report

app_name = "usage"
urlpatterns = [
    path("", report.report, name="report"),
    path("usage.csv", report.export, name="export"),
]
