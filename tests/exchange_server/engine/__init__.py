"""The exchange itself, without a network: orders, matching, money, and what of it is told when."""
