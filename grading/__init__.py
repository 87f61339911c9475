"""The domain: rulesets, audits, gradings. No web, no SQL, no PDF."""

__version__ = "0.1.0"
