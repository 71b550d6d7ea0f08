from django.urls import path

from llama_console.views.playground import code, completions, page, receipt

app_name = "playground"
urlpatterns = [
    path("", page.page, name="page"),
    path("completions/", completions.completions, name="completions"),
    path("receipt/", receipt.receipt, name="receipt"),
    path("code/", code.code, name="code"),
]
