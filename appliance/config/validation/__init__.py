"""Turn what was configured into typed settings, and say what is wrong with it."""
