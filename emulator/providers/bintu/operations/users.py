"""Users: who they are, what they may do, and how they log in."""

from offair.emulator.core.ids import as_written
from offair.emulator.core.tenants import TENANTS
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.bintu import people as rules
from offair.emulator.providers.bintu.auth import sign_for
from offair.emulator.providers.bintu.operations.documented import operation, said
from offair.emulator.providers.bintu.people import GUESTS, LEAST, ROLES, USERS, User
from offair.emulator.providers.bintu.wire import people


@operation("POST /user/validate")
def validate_credentials(call: Call) -> Reply:
    """Log in."""
    user = rules.log_in(call.world, call.body["email"], call.body["password"])
    tenant = call.world.get(TENANTS, user.tenant)
    if tenant is None:
        raise LookupError(f"the user {user.id} has no organisation")
    return said(people.show_login(user, sign_for(call.world, user), tenant))


@operation("POST /user/password")
def reset_password(_call: Call) -> Reply:
    """Say nothing about who is known here."""
    return said({})


@operation("GET /user")
def list_users(call: Call) -> Reply:
    """List the organisation's users."""
    return said([people.show_user(user) for user in call.world.find(USERS, tenant=call.tenant.id)])


@operation("POST /user")
def create_user(call: Call) -> Reply:
    """Let somebody in, who may do least where nothing is said."""
    body = call.body
    role = body.get("permission", LEAST)
    made = rules.add_user(call.world, call.tenant, email=body["email"], password=body["password"], role=role)
    return said(people.show_user(made))


@operation("DELETE /user/{id}")
def delete_user(call: Call) -> Reply:
    """Let somebody go."""
    rules.remove_user(call.world, rules.find_user(call.world, call.tenant, user_id=as_written(call.path["id"])))
    return Reply(200)


@operation("GET /user/invite")
def list_guests(call: Call) -> Reply:
    """List who was invited."""
    return said([people.show_guest(guest) for guest in call.world.find(GUESTS, tenant=call.tenant.id)])


@operation("POST /user/invite")
def invite_guest(call: Call) -> Reply:
    """Invite somebody."""
    email, role = call.body["email"], call.body.get("permission", LEAST)
    return said(people.show_guest(rules.invite_guest(call.world, call.tenant, email=email, role=role)))


@operation("PUT /user/permission")
def set_permission(call: Call) -> Reply:
    """Change a role, which ends the user's tokens."""
    return said(people.show_user(rules.change_role(call.world, _named(call), call.body["permission"])))


@operation("PUT /user/tokenkey")
def renew_token_key(call: Call) -> Reply:
    """End a user's tokens."""
    return said(people.show_user(rules.renew_token_key(call.world, _named(call))))


@operation("GET /permission")
def get_permission(call: Call) -> Reply:
    """Tell what a role may do."""
    return said(people.show_role(next(role for role in ROLES if role == call.query["name"])))


@operation("GET /permission/list")
def list_permissions(_call: Call) -> Reply:
    """Tell what every role may do."""
    return said([people.show_role(role) for role in ROLES])


def _named(call: Call) -> User:
    """The user that a body names, or who calls."""
    body = call.body or {}
    user_id, email = body.get("id"), body.get("email")
    if user_id is None and email is None and call.caller is not None:
        user_id = call.caller.user
    return rules.find_user(call.world, call.tenant, user_id=user_id and as_written(user_id), email=email)
