"""Audit, grading, rulesets and gaps → what a report prints: plain values in the order of the page, in words."""
