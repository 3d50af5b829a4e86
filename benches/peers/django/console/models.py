"""What the lists show, and no more of each table."""

from django.db import models

from .fields import IdField, MomentField


class Held(models.Model):
    """A row that Hanok made."""

    id = IdField(primary_key=True)

    class Meta:
        abstract = True


def key(to, name, **more):
    return models.ForeignKey(to, models.DO_NOTHING, db_column=name, null=True, db_constraint=False, **more)


class Account(Held):
    username = models.TextField()
    name = models.TextField()
    status = models.TextField(choices=[(name, name) for name in ("active", "locked", "disabled")])
    email_masked = models.TextField(null=True)
    phone_masked = models.TextField(null=True)
    created_at = MomentField()
    last_login_at = MomentField(null=True)

    class Meta:
        managed, db_table, ordering = False, "account", ["name", "id"]

    def __str__(self):
        return self.username


class Department(Held):
    name = models.TextField()
    parent = key("self", "parent_id")
    manager = key(Account, "manager_id")
    created_at = MomentField()

    class Meta:
        managed, db_table, ordering = False, "department", ["name"]

    def __str__(self):
        return self.name


class DepartmentMembership(Held):
    account = key(Account, "account_id", related_name="places")
    department = key(Department, "department_id", related_name="memberships")
    until = MomentField(null=True)

    class Meta:
        managed, db_table = False, "department_membership"


class Team(Held):
    name = models.TextField()
    leader = key(Account, "leader_id")
    created_at = MomentField()
    closed_at = MomentField(null=True)

    class Meta:
        managed, db_table, ordering = False, "team", ["name"]


class TeamMembership(Held):
    team = key(Team, "team_id", related_name="memberships")
    left_at = MomentField(null=True)

    class Meta:
        managed, db_table = False, "team_membership"


class Role(models.Model):
    name = models.TextField(primary_key=True)
    rank = models.BigIntegerField()

    class Meta:
        managed, db_table, ordering = False, "role", ["name"]


class RolePermission(models.Model):
    # The table has no key of one column; rows are only ever read through their role.
    role = models.ForeignKey(Role, models.DO_NOTHING, db_column="role", related_name="permissions", primary_key=True)
    permission = models.TextField()

    class Meta:
        managed, db_table = False, "role_permission"


class RoleAssignment(models.Model):
    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_column="account_id", related_name="roles", primary_key=True
    )
    role = models.TextField()

    class Meta:
        managed, db_table = False, "role_assignment"


class ServiceProvider(Held):
    name = models.TextField()
    client_id = models.TextField()
    delivery = models.TextField()
    active = models.BooleanField()
    ci_entitled = models.BooleanField()
    owner = key(Account, "owner_id")
    created_at = MomentField()

    class Meta:
        managed, db_table, ordering = False, "service_provider", ["-created_at", "-id"]

    def __str__(self):
        return self.name


class AuthTransaction(Held):
    STATES = [(name, name) for name in ("PENDING", "COMPLETED", "FAILED", "EXPIRED")]

    provider = key(ServiceProvider, "provider_id")
    account = key(Account, "account_id")
    status = models.TextField(choices=STATES)
    failure_reason = models.TextField(null=True)
    binding_message = models.TextField(null=True)
    created_at = MomentField()

    class Meta:
        managed, db_table, ordering = False, "auth_transaction", ["-created_at", "-id"]


class CallbackDelivery(Held):
    STATES = [(name, name) for name in ("HELD", "QUEUED", "DELIVERED", "DEAD")]

    provider = key(ServiceProvider, "provider_id", related_name="deliveries")
    state = models.TextField(choices=STATES)
    attempts = models.BigIntegerField()
    last_status = models.BigIntegerField(null=True)
    last_error = models.TextField(null=True)
    created_at = MomentField()

    class Meta:
        managed, db_table, ordering = False, "callback_delivery", ["-created_at", "-id"]


class AuditLog(Held):
    at = MomentField()
    action = models.TextField()
    actor = key(Account, "actor_id", related_name="+")
    subject = key(Account, "subject_id", related_name="+")
    provider = key(ServiceProvider, "provider_id", related_name="+")
    target_kind = models.TextField(null=True)
    target_id = IdField(null=True)
    request_id = models.TextField(null=True)

    class Meta:
        managed, db_table, ordering = False, "audit_log", ["-at", "-id"]


class AuditOrigin(models.Model):
    audit = models.OneToOneField(
        AuditLog, models.DO_NOTHING, db_column="audit_id", related_name="origin", primary_key=True
    )
    address = models.TextField(null=True)

    class Meta:
        managed, db_table = False, "audit_origin"


class Alert(Held):
    KINDS = [(name, name) for name in ("failed_sign_ins", "failing_person", "many_addresses", "server_error")]

    kind = models.TextField(choices=KINDS)
    subject = models.TextField()
    account = key(Account, "account_id", related_name="+")
    times = models.BigIntegerField()
    first_at = MomentField()
    last_at = MomentField()
    acknowledged_at = MomentField(null=True)
    acknowledged_by = key(Account, "acknowledged_by", related_name="+")
    note = models.TextField(null=True)

    class Meta:
        managed, db_table, ordering = False, "alert", ["-last_at", "-id"]
