"""Beginning and ending sessions, asking for the password again, and what a login needs beside it."""
