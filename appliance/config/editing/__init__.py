"""Edit configuration files as text: secrets hidden, changes compared, saved with a backup."""
