"""Enterprises that are registered twice: found by what they have in common, and merged."""
