"""Makes the tables, one person with ROWS requests, and a session of theirs, whose key it prints."""

import os
from datetime import timedelta

import django
from django.core.management import call_command

django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402  (needs the set-up above)
from django.utils import timezone  # noqa: E402

from reference.models import Account, AuthTransaction, ServiceProvider  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
provider = ServiceProvider.objects.create(name="Bench", client_id="bench", client_secret_sha256="")
person = Account.objects.create(username="reader", name="Reader", phone_number="01000000000")
now = timezone.now()
AuthTransaction.objects.bulk_create(
    AuthTransaction(
        provider=provider,
        account=person,
        status="FAILED",
        binding_code="47",
        created_at=now - timedelta(seconds=n),
        expires_at=now + timedelta(seconds=180 - n),
    )
    for n in range(int(os.environ["ROWS"]))
)
session = SessionStore()
session["account"] = person.pk
session.create()
print(session.session_key)
