"""Search again and again along the time, and test each result on the time after it."""
