"""Campaigns that lift plants (创A、增B、减C、清D): counts, lists, moves and what is overdue, from published gradings alone."""
