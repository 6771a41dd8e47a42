"""What people command."""
