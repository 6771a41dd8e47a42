"""The light REST and websocket client, library and command."""
