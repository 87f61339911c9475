"""Announcements: grades made public together, as an act with a number, a day and a publicity period."""
