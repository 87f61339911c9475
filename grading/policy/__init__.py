"""Policies: what authorities demand beside the grades, as data; they conclude effects from facts and grades."""
