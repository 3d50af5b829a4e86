"""The two addresses."""

from django.urls import path

from .api import RequestView, StatusView

urlpatterns = [
    path("api/v1/auth/request/", RequestView.as_view()),
    path("api/v1/auth/status/<uuid:transaction_id>", StatusView.as_view()),
]
