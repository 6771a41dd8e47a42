"""Typed settings, and loading them from files, environment and command line."""
