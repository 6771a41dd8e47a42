"""The web server: REST, websocket and dashboard."""
