"""Reconcile books and exchange: at the start, after lost answers and after manual orders."""
