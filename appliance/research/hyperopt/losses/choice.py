"""Find the loss function of a name: built in, or a user's own."""

from difflib import get_close_matches
from pathlib import Path

from appliance.domain.errors import ConfigurationError
from appliance.research.hyperopt.losses.judged import Loss
from appliance.research.hyperopt.losses.own import own_loss
from appliance.research.hyperopt.losses.registry import ALIASES, LOSSES


def loss_named(name: str | None, user_folder: Path, extra: str | None, timeframe: str) -> Loss:
    """Return a loss function. A user's own comes first, from `--hyperopt-path` or `user_data/hyperopts`.

    Raises ConfigurationError for an unknown name, and for a file that cannot be loaded.
    """
    if not name:
        raise ConfigurationError(f"--hyperopt-loss: missing; expected one of {', '.join(LOSSES)}")
    folders = [Path(extra).expanduser()] if extra else []
    folders.append(user_folder / "hyperopts")
    if (found := own_loss(name, folders, timeframe)) is not None:
        return found
    known = LOSSES.get(ALIASES.get(name, name))
    if known is None:
        near = get_close_matches(name, LOSSES, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        places = " and ".join(map(str, folders))
        raise ConfigurationError(
            f"--hyperopt-loss: expected one of {', '.join(LOSSES)}, or a class of your own in {places}; "
            f"found {name}{hint}"
        )
    return known
