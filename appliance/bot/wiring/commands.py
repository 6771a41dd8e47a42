"""Wire the commands of clients and the reconciliation at the start."""

from appliance.bot.commands.commands import Commands
from appliance.bot.commands.controls import Controls
from appliance.bot.commands.interventions import Interventions
from appliance.bot.commands.previews import Previews
from appliance.bot.cycle import Cycle
from appliance.bot.recovery.manual_resolution import ManualResolution
from appliance.bot.recovery.reconciliation import Reconciliation
from appliance.bot.recovery.shared_account import OtherDatabases
from appliance.bot.state.context import Shared


def reconciliation_of(shared: Shared, cycle: Cycle) -> Reconciliation:
    """Return the reconciliation of books and exchange."""
    others = OtherDatabases(
        books=shared.books,
        gateway=shared.markets.gateway,
        inflight=shared.inflight,
        events=shared.events,
    )
    return Reconciliation(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        gateway=shared.markets.gateway,
        wallets=shared.wallets,
        inflight=shared.inflight,
        mutexes=shared.mutexes,
        events=shared.events,
        orders=cycle.orders,
        adoption=cycle.rechecks.adoption,
        holdings=cycle.holdings,
        others=others,
    )


def controls_of(shared: Shared, cycle: Cycle) -> Controls:
    """Return the objects that carry out clients' commands."""
    commands = Commands(
        gate=shared.gate,
        setup=shared.setup,
        trades=shared.books.trades,
        markets=shared.markets,
        prices=shared.prices,
        wallets=shared.wallets,
        mutexes=shared.mutexes,
        notices=shared.notices,
        orders=cycle.orders,
        entries=cycle.entries,
        exits=cycle.exits,
        adjustments=cycle.adjustments,
    )
    interventions = Interventions(
        gate=shared.gate,
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        gateway=shared.markets.gateway,
        wallets=shared.wallets,
        inflight=shared.inflight,
        mutexes=shared.mutexes,
        orders=cycle.orders,
        holdings=cycle.holdings,
    )
    manual_resolution = ManualResolution(
        gate=shared.gate,
        clock=shared.clock,
        books=shared.books,
        gateway=shared.markets.gateway,
        inflight=shared.inflight,
        mutexes=shared.mutexes,
        events=shared.events,
        orders=cycle.orders,
    )
    previews = Previews(commands=commands, locks=shared.books.locks, clock=shared.clock)
    return Controls(
        commands=commands,
        previews=previews,
        interventions=interventions,
        manual_resolution=manual_resolution,
    )
