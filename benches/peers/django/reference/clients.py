"""Who asks: client id and secret in headers, the secret kept as SHA-256."""

import hashlib
import hmac

from rest_framework import authentication, exceptions, permissions

from .models import ServiceProvider


class ProviderAuthentication(authentication.BaseAuthentication):
    def authenticate(self, request):
        provider = ServiceProvider.objects.filter(client_id=request.headers.get("X-Client-ID", "")).first()
        given = hashlib.sha256(request.headers.get("X-Client-Secret", "").encode()).hexdigest()
        if provider is None or not hmac.compare_digest(given, provider.client_secret_sha256):
            raise exceptions.AuthenticationFailed("Invalid client", "invalid_client")
        if not provider.is_active:
            raise exceptions.PermissionDenied("Provider inactive", "provider_inactive")
        return provider, None

    def authenticate_header(self, request):
        return "Client"


class IsProvider(permissions.BasePermission):
    def has_permission(self, request, view):
        return isinstance(request.user, ServiceProvider)
