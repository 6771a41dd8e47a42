"""What makes the dashboard an app on phones."""
