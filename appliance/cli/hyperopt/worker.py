"""`appliance hyperopt-scheduler` and `hyperopt-worker`: a cluster for searches with `--scheduler`."""

import os
from pathlib import Path

import click

from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.domain.enums import RunMode
from appliance.research.forked import usable_cores
from appliance.research.hyperopt.cluster.serving import schedule, serve


@click.command("hyperopt-scheduler")
@configuration_options
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where to listen.  [127.0.0.1]")
@click.option("--port", default=8786, type=click.IntRange(0, 65535), metavar="PORT", help="[8786]")
def hyperopt_scheduler(config: tuple[str, ...], user_data_dir: str | None, host: str, port: int) -> None:
    """Hand out the epochs of searches to workers, until Ctrl-C.

    Whoever reaches the port can run code on all of them: leave it to your own network.
    """
    from appliance.research.hyperopt.cluster.evaluator import check_distributed  # late: it loads numpy

    loaded = configured(config, {"user_data_dir": user_data_dir}, runmode=RunMode.UTIL_NO_EXCHANGE)
    check_distributed(Path(loaded.user_data_dir))
    schedule(host, port, lambda line: click.echo(line, err=True))


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
    from appliance.research.hyperopt.cluster.evaluator import check_scheduler  # late: it loads numpy

    loaded = configured(config, {"user_data_dir": user_data_dir}, runmode=RunMode.UTIL_NO_EXCHANGE)
    check_scheduler(scheduler, Path(loaded.user_data_dir))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    serve(scheduler, jobs or usable_cores(), lambda line: click.echo(line, err=True))
