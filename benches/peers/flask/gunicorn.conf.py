"""Two workers with kept connections: one process a core here, as gunicorn's own advice for a small machine."""

workers = 2
worker_class = "gthread"
threads = 4
keepalive = 75
preload_app = True
accesslog = None
loglevel = "warning"
