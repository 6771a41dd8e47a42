"""`appliance hyperopt-worker`: evaluate epochs for the searches of a Dask scheduler."""

import os
from pathlib import Path

import click

from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.domain.enums import RunMode


@click.command("hyperopt-worker")
@configuration_options
@click.argument("scheduler", metavar="SCHEDULER")
@click.option(
    "-j",
    "--job-workers",
    "jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many epochs at once.  [one a core]",
)
def hyperopt_worker(
    config: tuple[str, ...], user_data_dir: str | None, scheduler: str, jobs: int | None
) -> None:
    """Evaluate epochs for searches with `--scheduler`, until Ctrl-C, e.g. for tcp://10.0.0.1:8786.

    Strategy and candles come from the search: this machine needs neither.
    """
    from appliance.research.backtest.analysis.workers import usable_cores  # late: it loads numpy
    from appliance.research.hyperopt.cluster.evaluator import check_scheduler  # late: it loads numpy
    from appliance.research.hyperopt.cluster.serving import serve  # late: it loads numpy

    loaded = configured(config, {"user_data_dir": user_data_dir}, runmode=RunMode.UTIL_NO_EXCHANGE)
    check_scheduler(scheduler, Path(loaded.user_data_dir))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    serve(scheduler, jobs or usable_cores(), lambda line: click.echo(line, err=True))
