"""The pages of research: data, backtests, searches, analyses, and the jobs that make them."""
