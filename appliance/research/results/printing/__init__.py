"""Print results: what stands in which table, and tables for terminals and pipes."""
