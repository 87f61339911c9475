"""Notices to people who must act: made by the worker, each once; read in the product, mailed where that is configured."""

from api.services.notices.make import NoticeMaker
from api.services.notices.own import read, read_all

__all__ = ["NoticeMaker", "read", "read_all"]
