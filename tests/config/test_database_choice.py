"""One database for a user data folder and run mode, however and from wherever the bot is started."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from appliance.config.database_choice import NOTE, Configured, DatabaseChoice, choose, note_use, read_note
from appliance.config.loading import LoadedSettings, Sources, load

NAME = "tradesv3.dryrun.sqlite"


@pytest.fixture
def bot(folder: Path, minimal: Any) -> Path:
    """The folder of a bot with its configuration among the user data; the working folder is that folder."""
    (folder / "bot/user_data/strategies").mkdir(parents=True)
    (folder / "bot/user_data/config.json").write_text(json.dumps(minimal))
    os.chdir(folder / "bot")
    return folder / "bot"


def loaded(*files: str, environ: dict[str, str] | None = None, **overrides: Any) -> LoadedSettings:
    return load(Sources(files, overrides), environ or {})


def used(choice: DatabaseChoice, folder: Path) -> None:
    """Do what a start does: make the file and note it."""
    assert choice.file is not None
    choice.file.touch()
    note_use(folder, choice, dry_run=True)


WAYS: dict[str, tuple[str, tuple[str, ...], dict[str, str], dict[str, str]]] = {
    "no option": (".", (), {}, {}),
    "relative -c": (".", ("user_data/config.json",), {}, {}),
    "-c twice": (".", ("user_data/config.json", "user_data/config.json"), {}, {}),
    "absolute -c": (".", ("{bot}/user_data/config.json",), {}, {}),
    "-c from the user data": ("user_data", ("config.json",), {}, {}),
    "-c from elsewhere": ("../elsewhere", ("{bot}/user_data/config.json",), {}, {}),
    "-c by a link": ("../elsewhere", ("../link/user_data/config.json",), {}, {}),
    "a link to the file": ("../elsewhere", ("../linked.json",), {}, {}),
    "--userdir": ("../elsewhere", (), {"user_data_dir": "../bot/user_data"}, {}),
    "--userdir by a link": ("../elsewhere", (), {"user_data_dir": "../link/user_data/"}, {}),
    "environment": ("../elsewhere", (), {}, {"APPLIANCE__USER_DATA_DIR": "{bot}/user_data"}),
    "freqtrade's environment": ("../elsewhere", (), {}, {"FREQTRADE__USER_DATA_DIR": "../bot/user_data"}),
    "in a file": ("../elsewhere", ("../named.json",), {}, {}),
    "relative in a file": ("../elsewhere", ("../relative.json",), {}, {}),
    "relative in its user data": ("../elsewhere", ("{bot}/user_data/relative.json",), {}, {}),
    "-c among the user data": ("../elsewhere", ("../bot/user_data/configs/config.json",), {}, {}),
    "-c beside the user data": ("../elsewhere", ("../bot/configs/config.json",), {}, {}),
    "another file first": ("../elsewhere", ("../secret/more.json", "{bot}/user_data/config.json"), {}, {}),
}


@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("place", ["user_data", ".", "none yet"])
def test_each_way_to_name_the_configuration_gives_the_same_database(
    bot: Path, minimal: Any, way: str, place: str
) -> None:
    (bot / "../elsewhere").mkdir()
    (bot / "../link").symlink_to(bot)
    (bot / "../linked.json").symlink_to(bot / "user_data/config.json")
    (bot / "../named.json").write_text(json.dumps(minimal | {"user_data_dir": f"{bot}/user_data"}))
    for name, lines in (
        ("user_data/configs/config.json", minimal),
        ("configs/config.json", minimal),
        ("../secret/more.json", {"max_open_trades": 3}),
        ("../relative.json", minimal | {"user_data_dir": "bot/user_data"}),
        ("user_data/relative.json", minimal | {"user_data_dir": "user_data"}),
    ):
        (bot / name).parent.mkdir(exist_ok=True)
        (bot / name).write_text(json.dumps(lines))
    expected = bot / ("user_data" if place == "none yet" else place) / NAME
    if place != "none yet":
        expected.touch()
    where, files, overrides, environ = WAYS[way]
    os.chdir(bot / where)
    choice = loaded(
        *(file.format(bot=bot) for file in files),
        environ={name: text.format(bot=bot) for name, text in environ.items()},
        **overrides,
    ).database
    assert (choice.url, choice.others) == (f"sqlite:///{expected.resolve()}", ())


def test_live_and_dry_run_have_one_each(bot: Path, minimal: Any) -> None:
    assert loaded().db_url == f"sqlite:///{bot}/user_data/tradesv3.dryrun.sqlite"
    assert loaded(dry_run=False).db_url == f"sqlite:///{bot}/user_data/tradesv3.sqlite"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"db_url": "sqlite:///mine.sqlite"}, "sqlite:///mine.sqlite"),
        ({"db_url": "sqlite:///tradesv3.sqlite", "dry_run": False}, "sqlite:///tradesv3.sqlite"),
        ({"db_url": "sqlite:////srv/mine.sqlite"}, "sqlite:////srv/mine.sqlite"),
        ({"db_url": "sqlite://"}, "sqlite://"),
    ],
)
def test_a_db_url_counts_as_it_is_given(bot: Path, given: Any, expected: str) -> None:
    choice = loaded(**given).database
    assert (choice.url, choice.is_explicit) == (expected, True)


@pytest.mark.parametrize("name", ["mine.sqlite", "user_data/mine.sqlite"])
def test_a_relative_db_url_of_a_file_means_the_same_from_another_folder(
    bot: Path, minimal: Any, name: str
) -> None:
    (bot / "user_data/config.json").write_text(json.dumps(minimal | {"db_url": f"sqlite:///{name}"}))
    assert loaded().database.file == bot / name
    (bot / name).touch()
    (bot / "../elsewhere").mkdir()
    os.chdir(bot / "../elsewhere")
    file = f"{bot}/user_data/config.json"
    assert loaded(file).db_url == f"sqlite:///{bot}/{name}"
    assert loaded(file, db_url="sqlite:///mine.sqlite").db_url == "sqlite:///mine.sqlite"
    Path("mine.sqlite").touch()
    assert loaded(file).database.file == (bot / name if "/" in name else Path.cwd() / name)


def test_freqtrades_default_for_live_is_not_meant_in_dry_run(bot: Path) -> None:
    assert loaded(db_url="sqlite:///tradesv3.sqlite").db_url == f"sqlite:///{bot}/user_data/{NAME}"


def test_a_database_found_in_one_working_folder_is_found_from_another(bot: Path, folder: Path) -> None:
    """freqtrade was started from a folder that has nothing to do with the user data."""
    there, elsewhere = folder / "there", folder / "elsewhere"
    there.mkdir()
    elsewhere.mkdir()
    (there / NAME).touch()
    os.chdir(there)
    first = loaded(user_data_dir=str(bot / "user_data"))
    used(first.database, first.user_data_dir)
    os.chdir(elsewhere)
    assert loaded(user_data_dir=str(bot / "user_data")).database.file == there / NAME


def test_a_database_of_another_bot_in_the_working_folder_is_not_taken(bot: Path, folder: Path) -> None:
    (bot / "user_data" / NAME).touch()
    (folder / "other").mkdir()
    (folder / "other" / NAME).touch()
    os.chdir(folder / "other")
    choice = loaded(user_data_dir=str(bot / "user_data")).database
    assert (choice.file, choice.others) == (bot / "user_data" / NAME, (folder / "other" / NAME,))


def test_of_several_the_one_with_open_trades_is_meant_and_the_others_are_known(bot: Path) -> None:
    for place in (bot, bot / "user_data"):
        (place / NAME).touch()
    for holding, other in ((bot, bot / "user_data"), (bot / "user_data", bot)):
        choice = choose(
            Configured(db_url=None, dry_run=True),
            bot / "user_data",
            (),
            holds_trades=lambda file, holding=holding: file == holding / NAME,
        )
        assert (choice.file, choice.others, choice.is_explicit) == (holding / NAME, (other / NAME,), False)


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_database_that_is_a_link_is_no_second_one(bot: Path, folder: Path, link: Any) -> None:
    """Else the second start would find open trades in it that nobody looks after, and refuse."""
    (folder / "disk").mkdir()
    (folder / "disk/real.sqlite").touch()
    link(folder / "disk/real.sqlite", bot / "user_data" / NAME)
    for _ in range(3):
        choice = loaded().database
        used(choice, bot / "user_data")
        assert choice.file is not None
        assert choice.file.samefile(folder / "disk/real.sqlite")
        assert (choice.others, choice.missing) == ((), None)
    assert loaded(db_url=f"sqlite:///{folder}/disk/real.sqlite").database.others == ()


def test_the_one_used_last_stays_though_another_appears(bot: Path) -> None:
    used(loaded().database, bot / "user_data")
    (bot / NAME).touch()
    choice = load(Sources(), {}, holds_trades=lambda file: file == bot / NAME).database
    assert (choice.file, choice.others) == (bot / "user_data" / NAME, (bot / NAME,))


def test_one_that_was_named_once_among_the_usual_places_stays(bot: Path) -> None:
    used(loaded().database, bot / "user_data")
    named = loaded(db_url=f"sqlite:///{NAME}")
    used(named.database, bot / "user_data")
    again = loaded().database
    assert (again.file, again.is_explicit, again.others) == (bot / NAME, True, (bot / "user_data" / NAME,))


def test_one_that_was_named_elsewhere_is_for_that_time_and_stays_known(bot: Path) -> None:
    used(loaded().database, bot / "user_data")
    used(loaded(db_url="sqlite:///trial.sqlite").database, bot / "user_data")
    again = loaded().database
    assert (again.file, again.is_explicit) == (bot / "user_data" / NAME, False)
    assert again.others == (bot / "trial.sqlite",)


def test_the_last_one_that_is_gone_is_missed(bot: Path) -> None:
    used(loaded().database, bot / "user_data")
    (bot / "user_data" / NAME).unlink()
    assert loaded().database.missing == bot / "user_data" / NAME
    (bot / NAME).touch()  # it was only moved
    choice = loaded().database
    assert (choice.file, choice.missing) == (bot / NAME, None)


def test_a_bot_that_is_moved_as_a_whole_keeps_its_database(bot: Path, folder: Path) -> None:
    (bot / NAME).touch()
    used(loaded().database, bot / "user_data")
    bot.rename(folder / "moved")
    choice = loaded(user_data_dir=str(folder / "moved/user_data")).database
    assert choice.file == folder / "moved" / NAME


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"dry_run": 3}', '{"dry_run": {"database": 3, "used": [3]}}']
)
def test_a_note_that_cannot_be_used_is_no_note(bot: Path, text: str) -> None:
    (bot / "user_data" / NOTE).write_text(text)
    assert loaded().database.file == bot / "user_data" / NAME
    used(loaded().database, bot / "user_data")
    assert read_note(bot / "user_data", dry_run=True).chosen == bot / "user_data" / NAME


def test_a_reload_stays_with_the_database_that_is_open(bot: Path) -> None:
    from appliance.config.loading import reload

    first = loaded()
    (bot / NAME).touch()
    assert reload(first, {}).db_url == first.db_url
