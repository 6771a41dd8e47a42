"""What every pair list is made of."""
