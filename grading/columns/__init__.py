"""Rulesets → Polars: the second reading of the language, for many audits at once.

It decides nothing on its own: a grade that is published comes from the engine. It finds, over hundreds of thousands of
audits, which ones to look at; `tests/columns` holds it equal to the engine and to the plain evaluator.
"""
