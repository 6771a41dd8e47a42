"""Measure how far indicators depend on how many candles lie before, and how many they need."""
