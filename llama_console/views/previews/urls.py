from django.urls import URLPattern, URLResolver, include, path

from llama_console.views.previews import gallery, letter, texts

app_name = "previews"
urlpatterns = [
    path("", gallery.gallery, name="list"),
    path("<slug:kind>/", letter.letter, name="letter"),
    path("<slug:kind>/letter.html", letter.html, name="html"),
    path("<slug:kind>/plain/", letter.plain, name="plain"),
    path("<slug:kind>/sms/", texts.sms, name="sms"),
]


def in_development(is_development: bool) -> list[URLPattern | URLResolver]:
    """Return the address of the previews; none in production."""
    return [path("messages/preview/", include("llama_console.views.previews.urls"))] if is_development else []
