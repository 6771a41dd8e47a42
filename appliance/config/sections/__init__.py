"""The parts of the settings, one file per theme; attribute names are the keys of the configuration file."""
