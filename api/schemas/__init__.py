"""The shape of what the API answers and takes; the OpenAPI description is made from these.

Answers are structs that our own code filled, so they are not validated again on the way out.
"""

from api.schemas.answers import Calendar, Fault, Health, Heard, Problem, Receipt
from api.schemas.bodies import ChoicesIn, CorrectionIn, FeedbackIn, OpinionIn, ReminderIn
from api.schemas.catalogue import Card, Guide, Paper, Services
from api.schemas.home import (
    Ahead,
    Bundle,
    Case,
    Correction,
    Dismissed,
    Document,
    DocumentState,
    Due,
    Fact,
    Home,
    Likely,
    Mandate,
    Prefill,
    Question,
    Reason,
    Step,
    Suggestion,
    Weight,
)
from api.schemas.parts import Bundles, Documents, Outlook, Reminder, Reminders, Suggestions
from api.schemas.rights import Chosen, Export, Told

__all__ = [
    "Ahead",
    "Bundle",
    "Bundles",
    "Calendar",
    "Card",
    "Case",
    "ChoicesIn",
    "Chosen",
    "Correction",
    "CorrectionIn",
    "Dismissed",
    "Document",
    "DocumentState",
    "Documents",
    "Due",
    "Export",
    "Fact",
    "Fault",
    "FeedbackIn",
    "Guide",
    "Health",
    "Heard",
    "Home",
    "Likely",
    "Mandate",
    "OpinionIn",
    "Outlook",
    "Paper",
    "Prefill",
    "Problem",
    "Question",
    "Reason",
    "Receipt",
    "Reminder",
    "ReminderIn",
    "Reminders",
    "Services",
    "Step",
    "Suggestion",
    "Suggestions",
    "Told",
    "Weight",
]
