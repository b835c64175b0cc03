"""The WSGI server: gunicorn with threads, configured here and nowhere else."""

import socket
from typing import Any

from django.conf import settings
from django.db import connections
from gunicorn.app.base import BaseApplication

from equipoise.kernel.errors import InputError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def run(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until told to stop. Raises InputError for an address that would put passwords on a network in the clear,
    or at which nobody can listen.
    """
    if host not in _LOOPBACK and not settings.HTTPS:
        raise InputError(
            "others could reach this address without encryption",
            seen=f"--host {host}",
            wanted="127.0.0.1, or EQUIPOISE_HTTPS=1 with a proxy that ends TLS in front",
        )
    _check_free(host, port)
    connections.close_all()  # workers open their own
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    _Server({"bind": bind, "workers": workers, "threads": threads}).run()


def _check_free(host: str, port: int) -> None:
    """Raise InputError where nobody can listen at an address; gunicorn tries for long and says it in five lines."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            tried.bind(address)
    except OSError as error:
        raise InputError(
            f"the address cannot be listened on: {error.strerror}", seen=f"{host}, port {port}",
            wanted="a free port of this machine",
        ) from error  # fmt: skip


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
