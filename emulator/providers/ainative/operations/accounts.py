"""Accounts: registering, logging in and out, second factors, and what is mailed. The journal has the mail."""

from offair.emulator.core.problems import Conflict, Unauthorized
from offair.emulator.core.world import World
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative import auth
from offair.emulator.providers.ainative.errors import BAD_CREDENTIALS
from offair.emulator.providers.ainative.nouns.people import CLOUD, PEOPLE, Errand, Person
from offair.emulator.providers.ainative.operations.register import me, operation
from offair.emulator.providers.ainative.rules import accounts as rules
from offair.emulator.providers.ainative.wire import people as wire
from offair.emulator.providers.ainative.wire import reading

SENT = "If the address is known, a mail is on its way"
SUBJECTS: dict[Errand, str] = {
    "magic": "Your link to log in", "reset": "Choose another password", "confirm": "Prove your address",
}  # fmt: skip


def _logged_in(call: Call, person: Person, status: int = 200) -> Reply:
    seconds = call.switches.token_seconds
    refresh = rules.issue(call.world, person, "refresh", seconds=rules.WEEK)
    return Reply(status, wire.show_tokens(auth.sign_for(call.world, person, seconds), refresh, seconds, person))


def _mail(call: Call, person: Person | None, errand: Errand) -> Reply:
    """Mail somebody a word that is good for an errand; who is not known is not told so."""
    if person is not None:
        word = rules.issue(call.world, person, errand)
        call.journal.write(
            "mail", f"to {person.email}: {SUBJECTS[errand]}", cloud=CLOUD, tenant=person.tenant,
            to=person.email, subject=SUBJECTS[errand], word=word,
        )  # fmt: skip
    return Reply(200, {"message": SENT})


def _addressed(call: Call) -> Person | None:
    return rules.by_email(call.world, call.body["email"])


@operation("POST /auth/register")
def register(call: Call) -> Reply:
    """Make an account, and mail its owner a word that proves the address."""
    body = call.body
    person = rules.register(call.world, email=body["email"], password=body["password"], **reading.account(body))
    _mail(call, person, "confirm")
    return _logged_in(call, person, 201)


@operation("POST /auth/login")
def login(call: Call) -> Reply:
    """Log in with a password, and the code of a second factor where there is one."""
    code = reading.factor_code(call.body)
    return _logged_in(call, rules.log_in(call.world, call.body["email"], call.body["password"], code))


@operation("GET /auth/me")
def who_am_i(call: Call) -> Reply:
    """Show who calls."""
    return Reply(200, wire.show_account(me(call), web_client=call.switches.web_client))


@operation("POST /auth/logout")
def logout(call: Call) -> Reply:
    """Hand an access token back; an API key stays good."""
    given = auth.bearer_of(call) or ""
    if given.count(".") == 2:
        claims = auth.claims_of(call.world, given)
        left = float(claims["exp"]) - call.world.clock.now()
        rules.issue(call.world, me(call), "over", seconds=left, secret=str(claims.get("jti", given)))
    return Reply(200, {"message": "Successfully logged out"})


@operation("POST /auth/refresh")
def refresh(call: Call) -> Reply:
    """Take a refresh token, once, for a fresh access token and a fresh refresh token."""
    return _logged_in(call, _redeemed(call.world, reading.refresh_token(call.body), "refresh"))


@operation("POST /auth/magic-link")
def magic_link(call: Call) -> Reply:
    """Mail somebody a word that logs in."""
    return _mail(call, _addressed(call), "magic")


@operation("POST /auth/magic-link/verify")
def verify_magic_link(call: Call) -> Reply:
    """Log in with a word that was mailed."""
    return _logged_in(call, _redeemed(call.world, call.body["token"], "magic"))


@operation("POST /auth/mfa/setup")
def set_up_mfa(call: Call) -> Reply:
    """Give the secret of a second factor, and codes to keep for when it is lost."""
    person = rules.begin_factor(call.world, me(call))
    return Reply(200, wire.show_factor(person, rules.spare_codes(call.world, person)))


@operation("POST /auth/mfa/verify")
def verify_mfa(call: Call) -> Reply:
    """Ask for a second factor from now on."""
    return Reply(200, wire.show_has_factor(rules.prove_factor(call.world, me(call), call.body["code"])))


@operation("POST /auth/github/callback")
def github_callback(call: Call) -> Reply:
    """Log in whoever comes from GitHub with this code."""
    return _stranger(call, "github")


@operation("POST /auth/google/callback")
def google_callback(call: Call) -> Reply:
    """Log in whoever comes from Google with this code."""
    return _stranger(call, "google")


def _stranger(call: Call, house: str) -> Reply:
    """Let in whom another house would vouch for; nobody is asked, and the same code is the same person."""
    name = f"{house}-{rules.digest_of(house, call.body['code'])[:12]}"
    email = f"{name}@example.com"
    person = rules.by_email(call.world, email) or rules.register(
        call.world, email=email, password=call.world.ids.token(32), username=name
    )
    return _logged_in(call, person)


@operation("POST /auth/forgot-password")
def forgot_password(call: Call) -> Reply:
    """Mail somebody a word that lets them choose another password."""
    return _mail(call, _addressed(call), "reset")


@operation("POST /auth/reset-password")
def reset_password(call: Call) -> Reply:
    """Choose another password with a word that was mailed."""
    chosen = reading.new_password(call.body)
    person = rules.redeem(call.world, call.body["token"], "reset") if chosen else None
    if person is None or chosen is None:
        raise Conflict("Invalid or expired token")
    rules.choose_password(call.world, person, chosen)
    return Reply(200, {"message": "Password has been reset"})


@operation("POST /auth/verify-email")
def verify_email(call: Call) -> Reply:
    """Prove an address with a word that was mailed."""
    person = rules.redeem(call.world, call.body["token"], "confirm")
    if person is None:
        raise Conflict("Invalid or expired token")
    rules.confirm(call.world, person)
    return Reply(200, {"message": "Email verified"})


@operation("POST /auth/resend-verification")
def resend_verification(call: Call) -> Reply:
    """Mail the word again."""
    return _mail(call, _addressed(call), "confirm")


def _redeemed(world: World, secret: str, errand: Errand) -> Person:
    person = rules.redeem(world, secret, errand)
    if person is None or world.get(PEOPLE, person.id) is None:
        raise Unauthorized(BAD_CREDENTIALS)
    return person
