"""The JSON interface below `/v1`: one file per resource, each with a `router`."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
"""Every router of the JSON interface, without the prefix `/v1`."""
