"""Lists with the columns, filters and pages of Hanok's, as a Django developer who minds their statements writes them."""

from django.contrib import admin
from django.db.models import Count, Prefetch, Q

from .models import (
    Account, Alert, AuditLog, AuthTransaction, CallbackDelivery, Department, DepartmentMembership, Role,
    RoleAssignment, ServiceProvider, Team,
)

admin.site.site_header = "Hanok's tables"


class ListAdmin(admin.ModelAdmin):
    """Twenty rows a page, as Hanok's; counts as Django counts by default."""

    list_per_page = 20


class RoleFilter(admin.SimpleListFilter):
    title, parameter_name = "role", "role"

    def lookups(self, request, model_admin):
        names = ["super_admin", "admin", "service_admin", "manager", "auditor", *Role.objects.values_list("name", flat=True)]
        return [(name, name) for name in names]

    def queryset(self, request, queryset):
        return queryset.filter(roles__role=self.value()) if self.value() else queryset


class DepartmentFilter(admin.SimpleListFilter):
    title, parameter_name = "department", "department"

    def lookups(self, request, model_admin):
        return [(str(place.pk), place.name) for place in Department.objects.all()]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.filter(places__department=self.value(), places__until=None)


@admin.register(Account)
class AccountAdmin(ListAdmin):
    list_display = [
        "name", "username", "department", "held", "status", "email_masked", "phone_masked", "last_login_at", "created_at"
    ]
    list_filter = [DepartmentFilter, RoleFilter, "status"]
    search_fields = ["name", "username"]

    def get_queryset(self, request):
        now = DepartmentMembership.objects.filter(until=None).select_related("department")
        places = Prefetch("places", queryset=now, to_attr="places_now")
        return super().get_queryset(request).prefetch_related(places, Prefetch("roles", RoleAssignment.objects.all()))

    def department(self, account):
        return next((place.department.name for place in account.places_now), None)

    def held(self, account):
        return ", ".join(given.role for given in account.roles.all())


@admin.register(Department)
class DepartmentAdmin(ListAdmin):
    list_display = ["name", "parent", "manager", "people", "created_at"]
    list_select_related = ["parent", "manager"]
    # The tree is one page.
    list_per_page = 1_000

    def get_queryset(self, request):
        people = Count("memberships", filter=Q(memberships__until=None))
        return super().get_queryset(request).annotate(people=people)

    def people(self, department):
        return department.people


@admin.register(Team)
class TeamAdmin(ListAdmin):
    list_display = ["name", "leader", "people", "created_at"]
    list_select_related = ["leader"]
    search_fields = ["name"]

    def get_queryset(self, request):
        people = Count("memberships", filter=Q(memberships__left_at=None))
        return super().get_queryset(request).filter(closed_at=None).annotate(people=people)

    def people(self, team):
        return team.people


@admin.register(Role)
class RoleAdmin(ListAdmin):
    list_display = ["name", "allows"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("permissions")

    def allows(self, role):
        return ", ".join(one.permission for one in role.permissions.all())


@admin.register(ServiceProvider)
class ServiceProviderAdmin(ListAdmin):
    list_display = ["name", "client_id", "active", "ci_entitled", "delivery", "owner", "dead", "created_at"]
    list_select_related = ["owner"]
    list_filter = ["active"]
    search_fields = ["name", "client_id"]

    def get_queryset(self, request):
        dead = Count("deliveries", filter=Q(deliveries__state="DEAD"))
        return super().get_queryset(request).annotate(dead=dead)

    def dead(self, provider):
        return provider.dead


@admin.register(AuthTransaction)
class AuthTransactionAdmin(ListAdmin):
    list_display = ["created_at", "provider", "binding_message", "person", "status", "failure_reason"]
    list_select_related = ["provider", "account"]
    list_filter = ["status", "provider", "created_at"]
    search_fields = ["=account__username"]

    def person(self, request):
        return request.account and f"{request.account.name} ({request.account.username})"


@admin.register(CallbackDelivery)
class CallbackDeliveryAdmin(ListAdmin):
    list_display = ["created_at", "state", "attempts", "last_status", "last_error"]
    list_filter = ["state", "provider"]


@admin.register(AuditLog)
class AuditLogAdmin(ListAdmin):
    list_display = ["at", "action", "actor", "subject", "target", "provider", "address"]
    list_select_related = ["actor", "subject", "provider", "origin"]
    list_filter = ["at"]
    search_fields = ["=actor__username", "=subject__username"]

    def lookup_allowed(self, lookup, value, request=None):
        return lookup in ("action", "origin__address", "request_id") or super().lookup_allowed(lookup, value, request)

    def target(self, row):
        return row.target_kind and f"{row.target_kind} {row.target_id}"

    def address(self, row):
        return row.origin.address if hasattr(row, "origin") else None


@admin.register(Alert)
class AlertAdmin(ListAdmin):
    list_display = ["kind", "account", "subject", "times", "first_at", "last_at", "acknowledged_by", "acknowledged_at", "note"]
    list_select_related = ["account", "acknowledged_by"]
    list_filter = ["kind", ("acknowledged_at", admin.EmptyFieldListFilter)]
