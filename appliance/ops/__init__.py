"""Operation under a service manager: systemd notification, watchdog, health check, packages."""
