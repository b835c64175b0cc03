"""The Django app of the projections."""

from django.apps import AppConfig


class ProjectionsConfig(AppConfig):
    """Disposable tables for lists."""

    name = "equipoise.projections"
    label = "projections"
    default_auto_field = "django.db.models.BigAutoField"
