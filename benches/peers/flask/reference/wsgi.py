"""What gunicorn serves."""

from .app import create

application = create()
