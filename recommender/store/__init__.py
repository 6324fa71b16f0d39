"""The one door to the serving store (Redis's protocol); nothing but undrained feedback is kept there alone.

``Store`` is for jobs: it publishes generations, fills inboxes and hands over feedback. ``HomeStore`` is for the API:
one page in one round trip. Both raise StoreUnavailable, and nothing of the client's library comes out of this folder.
"""

from recommender.store.home import HomeStore, StoredHome
from recommender.store.keep import Store

__all__ = ["HomeStore", "Store", "StoredHome"]
