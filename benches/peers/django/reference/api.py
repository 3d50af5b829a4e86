"""POST auth/request and GET auth/status as a Django REST developer would write them."""

import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Account, AuditLog, AuthTransaction

PHONE = re.compile(r"^010-?\d{4}-?\d{4}$")


class RequestIn(serializers.Serializer):
    user_phone_number = serializers.RegexField(PHONE)

    def validate_user_phone_number(self, value):
        return value.replace("-", "")


class RequestOut(serializers.ModelSerializer):
    expires_in = serializers.IntegerField(default=180)
    interval = serializers.IntegerField(default=5)

    class Meta:
        model = AuthTransaction
        fields = ["transaction_id", "status", "expires_at", "expires_in", "interval", "binding_code"]


class StatusOut(serializers.ModelSerializer):
    class Meta:
        model = AuthTransaction
        fields = ["transaction_id", "status", "created_at", "expires_at", "completed_at"]


class RequestView(APIView):
    def post(self, request):
        data = RequestIn(data=request.data)
        data.is_valid(raise_exception=True)
        account = get_object_or_404(Account, phone_number=data.validated_data["user_phone_number"])
        now = timezone.now()
        with transaction.atomic():
            made = AuthTransaction.objects.create(
                provider=request.user,
                account=account,
                binding_code=str(10 + secrets.randbelow(90)),
                created_at=now,
                expires_at=now + timedelta(minutes=3),
            )
            AuditLog.objects.create(
                action="AUTH_REQUEST",
                provider=request.user,
                account=account,
                target=made.transaction_id,
                address=request.META["REMOTE_ADDR"],
                agent=request.headers.get("User-Agent", "")[:255],
                created_at=now,
            )
        return Response(RequestOut(made).data, status.HTTP_201_CREATED)


class StatusView(APIView):
    def get(self, request, transaction_id):
        found = get_object_or_404(AuthTransaction, pk=transaction_id, provider=request.user)
        if found.status == "PENDING" and found.expires_at <= timezone.now():
            found.status = "EXPIRED"
        return Response(StatusOut(found).data)
