"""List the addresses of the pages of settings, and of what they command."""

from aiohttp import web

from appliance.server.dashboard.settings import (
    backup,
    configuration,
    file,
    notifications,
    parameters,
    tokens,
)

SETTINGS_ROUTES = (
    web.get("/settings", configuration.show_configuration),
    web.get("/settings/file", file.show_file),
    web.post("/settings/file/check", file.check_file),
    web.get("/settings/file/difference", file.show_difference),
    web.post("/settings/file", file.save_file),
    web.get("/settings/parameters", parameters.show_parameters),
    web.get("/settings/notifications", notifications.show_notifications),
    web.post("/settings/notifications", notifications.test_service),
    web.get("/settings/tokens", tokens.show_tokens),
    web.post("/settings/tokens", tokens.create_token),
    web.post("/settings/tokens/revoke", tokens.revoke_token),
    web.get("/settings/backup", backup.show_backups),
    web.post("/settings/backup", backup.make_backup),
    web.post("/settings/backup/download", backup.download_backup),
)
