"""List the commands: what each runs, who may give it, and whether it only takes risk away.

The one table of roles and protection. The REST API, the dashboard and Telegram refer to it.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from appliance.queries import (
    blacklist,
    forced_trades,
    locks,
    orders,
    other_bots,
    plot_configs,
    run_state,
    trades,
)
from appliance.queries.research import analyses, background, backtest, backtest_history, jobs, replay
from appliance.queries.roles import Role
from appliance.queries.settings import backups, files, notifications, tokens


class Command(Struct, frozen=True, kw_only=True):
    """Describe a command: it changes something, so it is written to the audit log before `function` runs.

    `role` is the least role that may give it. `protective`: it only takes risk away, so it is carried out
    even where the audit log cannot be written. `moves_money`: it places, cancels or disowns orders or a
    position, which cannot be undone.
    """

    function: Callable[..., Any]
    role: Role
    protective: bool = False
    moves_money: bool = False


START = Command(function=run_state.start, role=Role.OPERATOR)
STOP = Command(function=run_state.stop, role=Role.OPERATOR, protective=True)
PAUSE = Command(function=run_state.pause, role=Role.OPERATOR, protective=True)
RELOAD_CONFIG = Command(function=run_state.reload_config, role=Role.ADMIN)
SET_MARKET_DIRECTION = Command(function=run_state.set_market_direction, role=Role.OPERATOR)
FORCE_ENTER = Command(function=forced_trades.force_enter, role=Role.OPERATOR, moves_money=True)
FORCE_EXIT = Command(function=forced_trades.force_exit, role=Role.OPERATOR, protective=True, moves_money=True)
DELETE_TRADE = Command(function=trades.delete_trade, role=Role.ADMIN, moves_money=True)
RELOAD_TRADE = Command(function=trades.reload_trade, role=Role.OPERATOR)
CANCEL_OPEN_ORDER = Command(
    function=trades.cancel_open_order, role=Role.OPERATOR, protective=True, moves_money=True
)
RESOLVE_ORDER = Command(function=orders.resolve, role=Role.OPERATOR, moves_money=True)
ADD_LOCKS = Command(function=locks.add_locks, role=Role.OPERATOR, protective=True)
DELETE_LOCK = Command(function=locks.delete_lock, role=Role.OPERATOR)
DELETE_LOCKS = Command(function=locks.delete_locks, role=Role.OPERATOR)
ADD_TO_BLACKLIST = Command(function=blacklist.add_to_blacklist, role=Role.OPERATOR, protective=True)
REMOVE_FROM_BLACKLIST = Command(function=blacklist.remove_from_blacklist, role=Role.OPERATOR)
SAVE_PLOT_CONFIG = Command(function=plot_configs.save, role=Role.OPERATOR)
REMOVE_PLOT_CONFIG = Command(function=plot_configs.remove, role=Role.OPERATOR)

SAVE_CONFIGURATION = Command(function=files.save, role=Role.ADMIN)
CREATE_TOKEN = Command(function=tokens.create_token, role=Role.ADMIN)
REVOKE_TOKEN = Command(function=tokens.revoke_token, role=Role.ADMIN)
TEST_SERVICE = Command(function=notifications.test_service, role=Role.OPERATOR)
MAKE_BACKUP = Command(function=backups.make_backup, role=Role.ADMIN)
DOWNLOAD_BACKUP = Command(function=backups.find_backup, role=Role.ADMIN)

REMOVE_JOB = Command(function=background.remove_job, role=Role.OPERATOR)
ABORT_JOB = Command(function=background.abort_job, role=Role.OPERATOR)
REMOVE_ENDED_JOBS = Command(function=background.remove_ended_jobs, role=Role.OPERATOR)
START_BACKTEST = Command(function=backtest.start_backtest, role=Role.OPERATOR)
START_LOOKAHEAD_ANALYSIS = Command(function=analyses.start_lookahead_analysis, role=Role.OPERATOR)
START_RECURSIVE_ANALYSIS = Command(function=analyses.start_recursive_analysis, role=Role.OPERATOR)
START_REPLAY = Command(function=replay.start_replay, role=Role.OPERATOR)
RESET_BACKTEST = Command(function=backtest.reset_backtest, role=Role.OPERATOR)
ABORT_BACKTEST = Command(function=backtest.abort_backtest, role=Role.OPERATOR)
ANNOTATE_RESULT = Command(function=backtest_history.annotate, role=Role.OPERATOR)
REMOVE_RESULT = Command(function=backtest_history.remove, role=Role.ADMIN)
EVALUATE_PAIR_LISTS = Command(function=jobs.evaluate_pair_lists, role=Role.OPERATOR)
DOWNLOAD_DATA = Command(function=jobs.download_data, role=Role.OPERATOR)

ADD_BOT = Command(function=other_bots.BotBook.add, role=Role.ADMIN)
REMOVE_BOT = Command(function=other_bots.BotBook.remove, role=Role.ADMIN)
