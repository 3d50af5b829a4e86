"""Hanok's own tables in Django's admin: read where Hanok wrote them, nothing of them is Django's."""
