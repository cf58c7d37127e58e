"""What there is to be said of each set and of borrowed weights, once; `data/catalogue.py` finds it."""
