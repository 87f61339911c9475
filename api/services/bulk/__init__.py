"""Work on many enterprises or audits at once: each is checked and done by itself, those refused are told with the reason."""

from api.services.bulk.announcing import announce
from api.services.bulk.assigning import assign
from api.services.bulk.confirming import confirm
from api.services.bulk.one_by_one import Outcome, Refused, Subject
from api.services.bulk.reporting import order_reports

__all__ = ["Outcome", "Refused", "Subject", "announce", "assign", "confirm", "order_reports"]
