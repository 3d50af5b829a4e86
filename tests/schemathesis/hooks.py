"""The one rule that a generated call must keep: nobody saws off the branch they sit on."""

import os

import schemathesis

ASKING, OTHER = os.environ["HANOK_SCHEMA_ASKING"], os.environ["HANOK_SCHEMA_OTHER"]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Lets what would disable, demote or sign out the account that asks befall another one."""
    if case.path_parameters and case.path_parameters.get("id") == ASKING:
        case.path_parameters["id"] = OTHER
