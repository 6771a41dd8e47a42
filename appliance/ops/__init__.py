"""Living with a service manager: notify, watchdog, units, backup."""
