"""A plain Django REST reference of Hanok's auth/request and auth/status."""
