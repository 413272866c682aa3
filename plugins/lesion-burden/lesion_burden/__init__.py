"""How many lesions there are, where, and how long the longest is."""
