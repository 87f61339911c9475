"""The domain: rulesets, audits, gradings. No web, no SQL, no PDF."""

__version__ = "0.2.0"
