"""What happens to an article; knows no HTTP server and no task runner."""
