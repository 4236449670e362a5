"""What partners receive: feeds, pages, pushes, and the addresses they stand at."""
