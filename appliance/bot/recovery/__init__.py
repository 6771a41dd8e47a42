"""Reconcile books and exchange: at the start, after lost answers, after manual orders."""
