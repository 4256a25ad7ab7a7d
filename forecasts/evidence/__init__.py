"""Bitemporal evidence: what happened, when it could be known, and views as of a day.

:func:`read_evidence` reads and checks the tables; :func:`as_of` is the only
form in which they reach a model.
"""

from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.reading import evidence_problems, read_evidence
from forecasts.evidence.tables import Evidence
from forecasts.evidence.view import View, as_of

__all__ = ["Evidence", "View", "as_of", "bilateral_at", "evidence_problems", "read_evidence"]
