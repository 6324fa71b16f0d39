"""The one door to the serving store (Redis's protocol); nothing but what is not drained yet is kept there alone.

``Store`` is for jobs: it publishes generations and fills inboxes; ``FeedbackQueue`` hands over what subjects did.
``HomeStore`` is for the API: one page in one round trip; ``Drafts`` keeps half-filled forms. ``Accesses`` notes who
read a page, and ``AccessQueue`` hands that to the audit. ``Outbox`` is for what is sent, ``Returns`` for what comes
back of it. All raise StoreUnavailable, and nothing of the client's library comes out of this folder.
"""

from recommender.store.access_queue import AccessQueue
from recommender.store.accesses import Accesses
from recommender.store.drafts import Drafts
from recommender.store.feedback_queue import FeedbackQueue
from recommender.store.home import HomeStore, StoredHome
from recommender.store.keep import Store
from recommender.store.outbox import Outbox
from recommender.store.returns import Returns

__all__ = [
    "AccessQueue",
    "Accesses",
    "Drafts",
    "FeedbackQueue",
    "HomeStore",
    "Outbox",
    "Returns",
    "Store",
    "StoredHome",
]
