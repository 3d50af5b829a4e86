"""Makes the tables, one provider and ACCOUNTS people with the numbers 010 and eight digits, counted from 0."""

import hashlib
import os

import django
from django.core.management import call_command

django.setup()

from reference.models import Account, ServiceProvider  # noqa: E402  (models need the set-up above)

call_command("migrate", run_syncdb=True, verbosity=0)
ServiceProvider.objects.create(
    name="Bench",
    client_id=os.environ["CLIENT_ID"],
    client_secret_sha256=hashlib.sha256(os.environ["CLIENT_SECRET"].encode()).hexdigest(),
)
people = (
    Account(username=f"p{n:08}", name=f"Person {n}", phone_number=f"010{n:08}")
    for n in range(int(os.environ["ACCOUNTS"]))
)
Account.objects.bulk_create(people, batch_size=1000)
