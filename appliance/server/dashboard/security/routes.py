"""List the addresses of the page about logins."""

from aiohttp import web

from appliance.server.dashboard.security import app_codes, login_code, page, passkeys

ROUTES = (
    web.post("/login/code", login_code.check_code),
    web.post("/login/passkey/options", passkeys.login_options),
    web.post("/login/passkey", passkeys.log_in),
    web.post("/dashboard/confirm/passkey_options", passkeys.confirm_options),
    web.get("/settings/security", page.show_security),
    web.post("/settings/security/sessions/end_others", page.end_others),
    web.post("/settings/security/sessions/{mark:[0-9a-f]+}/end", page.end_session),
    web.post("/settings/security/passkeys/options", passkeys.add_options),
    web.post("/settings/security/passkeys/add", passkeys.add),
    web.post("/settings/security/passkeys/remove", passkeys.remove),
    web.post("/settings/security/codes/offer", app_codes.offer),
    web.post("/settings/security/codes/set_up", app_codes.set_up),
    web.post("/settings/security/codes/recovery", app_codes.renew_recovery),
    web.post("/settings/security/codes/remove", app_codes.remove),
    web.post("/settings/security/codes/programs", app_codes.ask_programs),
)
