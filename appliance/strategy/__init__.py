"""What a strategy author sees, and loading the files that authors write."""
