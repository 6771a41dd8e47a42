"""Take commands by Telegram, and answer them from the same functions as the REST API."""
