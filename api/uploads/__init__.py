"""Workbooks from outside, read in a process of its own whose time and memory are bounded."""

from api.uploads.apart import WorkbookReader

__all__ = ["WorkbookReader"]
