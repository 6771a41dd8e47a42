"""Tell people elsewhere what happens: an outbox on disk, and the services that it delivers to."""
