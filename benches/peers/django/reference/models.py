"""The four tables the two endpoints need."""

import uuid

from django.db import models


class ServiceProvider(models.Model):
    name = models.CharField(max_length=100)
    client_id = models.CharField(max_length=64, unique=True)
    client_secret_sha256 = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)

    is_authenticated = True


class Account(models.Model):
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    phone_number = models.CharField(max_length=11, unique=True)


class AuthTransaction(models.Model):
    transaction_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    provider = models.ForeignKey(ServiceProvider, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, default="PENDING")
    binding_code = models.CharField(max_length=2)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "expires_at"])]


class AuditLog(models.Model):
    action = models.CharField(max_length=32)
    provider = models.ForeignKey(ServiceProvider, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    target = models.UUIDField()
    address = models.GenericIPAddressField()
    agent = models.CharField(max_length=255)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["action", "-created_at"])]
