"""URLs of the project, with a start page for developers."""

from django.urls import path
from django.views.generic import RedirectView

from config import urls

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500

urlpatterns = [
    *urls.urlpatterns,
    path("", RedirectView.as_view(pattern_name="api_docs")),
]
