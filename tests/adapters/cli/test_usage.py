"""Help, versions and usage: what the command line says of itself."""

import re

import pytest

from adapters import cli

COMMANDS = ("run", "ask", "poll", "load", "backfill", "outbox", "migrate", "doctor")


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_every_command_has_help_with_examples_and_exit_codes(capsys, command):
    with pytest.raises(SystemExit) as ended:
        cli.run([*([command] if command else []), "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "examples:\n  " in said
    for code in (0, 1, 2, 130) if command == "doctor" else cli.Exit:
        assert re.search(rf"^  {int(code)}\s+\w", said, re.MULTILINE)
    assert max(map(len, said.splitlines())) <= 100


def test_the_help_names_every_command(capsys):
    with pytest.raises(SystemExit):
        cli.run(["--help"])
    said = capsys.readouterr().out
    for command in COMMANDS:
        assert re.search(rf"^    {command}\s+\w", said, re.MULTILINE)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["poll"],
        ["load"],
        ["ask"],
        ["outbox"],
        ["outbox", "drop"],
        ["run", "--fast"],
        ["ask", "--js", "x"],
    ],
)
def test_wrong_usage_is_exit_code_2(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        cli.run(arguments)
    assert ended.value.code == cli.Exit.USAGE
    assert "usage: paperboy" in capsys.readouterr().err


def test_the_version_is_the_projects(paperboy):
    said = paperboy("--version")
    assert re.fullmatch(r"paperboy \d+\.\d+\.\d+\n", said.stdout)
    assert said.returncode == 0
