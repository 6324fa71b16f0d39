"""What becomes of a message once it waits to be sent: by which channel, when, in which words, or never.

All of it is pure: it sends nothing, stores nothing and reads no clock. ``jobs.deliver`` is the shell around it, and
``recommender.store.outbox`` keeps what waits.
"""
