"""The processes: Celery workers, sweeper, supervisor, command line."""
