"""The port: accepting connections, counting them, TLS."""
