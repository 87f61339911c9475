"""Everything that is stored, held against what it was when it was made; one file for each thing that is compared."""

from api.services.verification.finding import Finding
from api.services.verification.whole import Verified, VerifiedRecords, verify, verify_records

__all__ = ["Finding", "Verified", "VerifiedRecords", "verify", "verify_records"]
