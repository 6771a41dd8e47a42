"""Resources that need a server: sessions, the websocket, health checks, metrics."""
