"""Answer commands of a Telegram chat, with the same functions as the REST API."""
