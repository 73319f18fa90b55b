"""Looking papers up beside SQLite's FTS5 and the loop over `match()`: ratios in one run.

Run by `make bench`; `make test` leaves it out.
"""

import pytest
import search_bench


@pytest.fixture(autouse=True)
def _measuring(request):
    if not any("benchmarks" in str(argument) for argument in request.config.args):
        pytest.skip("a measurement: run by `make bench`")
    if not search_bench.DATA.exists():
        pytest.skip("needs ../shared: data/arxiv_118k.jsonl.xz")


def test_search_beside_its_peers():
    report = search_bench.run()
    print("\n" + "\n".join(report.lines))
    assert report.ratios["lookups to FTS5 at p95"] >= 4
    assert report.ratios["common words to FTS5"] >= 3
    assert report.ratios["lookups to the loop"] >= 10
