"""Webhooks for systems: registered by bureaus and administrators, told of events by the workers, each signed."""

from api.services.webhooks.keep import create, deliveries_of, end, listed, retry, secret_of

__all__ = ["create", "deliveries_of", "end", "listed", "retry", "secret_of"]
