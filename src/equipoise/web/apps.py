"""The Django app of the web application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, forms and static files."""

    name = "equipoise.web"
    label = "web"
