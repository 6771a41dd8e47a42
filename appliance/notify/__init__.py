"""Send messages to services: an outbox on disk, and a dispatcher for each service."""
