"""Who is logged in at the dashboard, and what a login needs beside the password."""
