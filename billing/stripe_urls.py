from django.urls import path

from billing.views.stripe_webhook import stripe_webhook

app_name = "stripe"
urlpatterns = [path("webhook/", stripe_webhook, name="webhook")]
