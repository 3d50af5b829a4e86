"""The two pages."""

from django.urls import path

from .pages import history, login

urlpatterns = [path("login", login), path("history", history)]
