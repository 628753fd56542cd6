"""Floor 3: who may count, who may see, and the trail of who did."""

from harmscape.access.audit import Audit, Operation, Verdict
from harmscape.access.gate import Gate, Held, Reader
from harmscape.access.local import local_user

__all__ = ["Audit", "Gate", "Held", "Operation", "Reader", "Verdict", "local_user"]
