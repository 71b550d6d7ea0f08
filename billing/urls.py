from django.urls import path

from billing.views.stripe_webhook import stripe_webhook

app_name = "billing"

urlpatterns = [path("webhook/", stripe_webhook, name="stripe_webhook")]
