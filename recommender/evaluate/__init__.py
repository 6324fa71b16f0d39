"""How good the recommender is, measured on real data and on the made-up city; it changes nothing that it measures."""
