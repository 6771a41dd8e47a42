"""The dry-run exchange: real prices, orders matched here."""
