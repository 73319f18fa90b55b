"""The places and the sources of these tests."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from doctor_world import PAPER, Place, World


@pytest.fixture
def place(tmp_path) -> Iterator[Place]:
    here = Place(tmp_path, {"PORT": "0"})
    yield here
    for process in here.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Path:
    """A data folder with a database and an index of one paper."""
    here = Place(tmp_path_factory.mktemp("loaded"))
    done = here.call("load", "-", stdin=PAPER)
    assert done.returncode == 0, done.stderr
    return here.data


@pytest.fixture
def filled(place, loaded) -> Place:
    """One with a database and an index of one paper."""
    shutil.copytree(loaded, place.data)
    return place


@pytest.fixture
def world() -> Iterator[World]:
    with World() as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server
        server.let_go.set()
        server.shutdown()
        serving.join()
