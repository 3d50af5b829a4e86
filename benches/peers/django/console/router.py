"""Hanok's tables in Hanok's store, Django's in its own; nothing is ever made in the first."""


class Router:
    def db_for_read(self, model, **hints):
        return "hanok" if model._meta.app_label == "console" else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"
