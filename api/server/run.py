"""Runs the service: one process that serves, or several with a supervisor."""

from api.audit_log.handing_out import HeadsHandedOut
from api.server import multiprocess
from api.server.supervisor import worker_processes
from api.service import Service
from api.startup import configure_logs


def run(service: Service) -> None:
    """Serve until SIGINT or SIGTERM, by as many processes as the settings say, with the workers beside them."""
    settings = service.settings
    heads = HeadsHandedOut(settings)
    heads.start()
    try:
        _answer(service)
    finally:
        heads.stop()


def _answer(service: Service) -> None:
    settings = service.settings
    if settings.answering == 1:
        # The web application is large, and only who answers needs it: not who holds the socket, nor workers.
        from api.server.asgi import serve

        workers = worker_processes(settings)
        workers.start()
        serve(service, workers=workers)
        return
    service.close()
    configure_logs(settings)
    multiprocess.serve(settings)
