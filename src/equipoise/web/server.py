"""The WSGI server: gunicorn with threads, configured here and nowhere else."""

from typing import Any

from django.conf import settings
from django.db import connections
from gunicorn.app.base import BaseApplication

from equipoise.kernel.errors import InputError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def run(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until told to stop. Raises InputError for an address that would put passwords on a network in the clear."""
    if host not in _LOOPBACK and not settings.HTTPS:
        raise InputError(
            "others could reach this address without encryption",
            seen=f"--host {host}",
            wanted="127.0.0.1, or EQUIPOISE_HTTPS=1 with a proxy that ends TLS in front",
        )
    connections.close_all()  # workers open their own
    _Server({"bind": f"{host}:{port}", "workers": workers, "threads": threads}).run()


class _Server(BaseApplication):
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        chosen = {
            **self._options,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 20,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "limit_request_line": 8190,
            "worker_tmp_dir": None,
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from equipoise.web.wsgi import application

        return application
