"""Campaigns in the service: stored documents and rosters, evaluated from the gradings that are published here."""
