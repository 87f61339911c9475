"""The hash-chained log: who did what when, and what became of which rows. What it says is held against what is stored."""

from api.audit_log.chain import Finding, Verified, verify
from api.audit_log.entries import FIRST, About, append, append_many, hash_of
from api.audit_log.unlogged import record_the_rest

__all__ = ["FIRST", "About", "Finding", "Verified", "append", "append_many", "hash_of", "record_the_rest", "verify"]
