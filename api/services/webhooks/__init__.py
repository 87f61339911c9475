"""Webhooks for systems: registered by bureaus and administrators; workers deliver signed events."""

from api.services.webhooks.registration import create, deliveries_of, end, listed, retry, secret_of

__all__ = ["create", "deliveries_of", "end", "listed", "retry", "secret_of"]
