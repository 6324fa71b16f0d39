"""Vacancies (招聘岗位) ranked for those who look for work by the engine that ranks services; it knows no service.

A vacancy is an item from outside: it lives for weeks, and nobody may have applied for it yet. So nothing is learned of
a vacancy itself: weights belong to what it is (its traits) and to what a seeker is (their marks), and the score of a
vacancy is the sum over both. Rooms: terms (what a vacancy is, and the policy), matching (marks and traits),
applications (what was chosen of what), learning (weights from it), offering (the hard gate and the list).
"""
