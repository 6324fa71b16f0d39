"""The shape of what the API answers and takes; the OpenAPI description is made from these.

Answers are structs that our own code filled, so they are not validated again on the way out.
"""

from api.schemas.access import AccessLog, Read
from api.schemas.answers import Calendar, Fault, Health, Problem, Receipt
from api.schemas.bodies import ChoicesIn, CorrectionIn, FeedbackIn, OpinionIn, ReminderIn
from api.schemas.catalogue import Card, Guide, Paper, Services
from api.schemas.file import Field, File, Filled, HeldCase, HeldEvent, HeldFact, HeldLink, PaperHeld, Tag, Tags
from api.schemas.helping import HelpCase, HelpCases, HelpStep
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
from api.schemas.parts import Bundles, Documents, Outlook, Place, Reminder, Reminders, Suggestions, Why
from api.schemas.rights import Chosen, Export, Told

__all__ = [
    "AccessLog",
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
    "Field",
    "File",
    "Filled",
    "Guide",
    "Health",
    "HeldCase",
    "HeldEvent",
    "HeldFact",
    "HeldLink",
    "HelpCase",
    "HelpCases",
    "HelpStep",
    "Home",
    "Likely",
    "Mandate",
    "OpinionIn",
    "Outlook",
    "Paper",
    "PaperHeld",
    "Place",
    "Prefill",
    "Problem",
    "Question",
    "Read",
    "Reason",
    "Receipt",
    "Reminder",
    "ReminderIn",
    "Reminders",
    "Services",
    "Step",
    "Suggestion",
    "Suggestions",
    "Tag",
    "Tags",
    "Told",
    "Weight",
    "Why",
]
