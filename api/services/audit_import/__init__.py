"""Files of audits taken in as drafts of a team: whole or not at all, and no audit twice."""

from api.services.audit_import.upload import MOST_AUDITS, Imported, imports, ruleset_of, upload

__all__ = ["MOST_AUDITS", "Imported", "imports", "ruleset_of", "upload"]
