"""Hold the commands beside starting and stopping: forced trades, corrections, lost orders."""

from dataclasses import dataclass

from appliance.bot.commands.commands import Commands
from appliance.bot.commands.interventions import Interventions
from appliance.bot.commands.previews import Previews
from appliance.bot.recovery.manual_resolution import ManualResolution


@dataclass(frozen=True, kw_only=True)
class Controls:
    """Hold the objects that carry out commands."""

    commands: Commands
    previews: Previews
    interventions: Interventions
    manual_resolution: ManualResolution
