"""Every way of writing an id gives the same reference, and nothing else is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.identity import PaperRef, parse_ref

NEW = [
    "2606.06690",
    "arXiv:2606.06690",
    "ARXIV:2606.06690",
    "arxiv: 2606.06690",
    "arXiv 2606.06690",
    "arXiv:2606.06690 [cs.CV]",
    "2606.06690.pdf",
    " 2606.06690 ",
    "2606.06690.",
    "(2606.06690)",
    "[2606.06690],",
    "https://arxiv.org/abs/2606.06690",
    "http://arxiv.org/abs/2606.06690",
    "arxiv.org/abs/2606.06690",
    "www.arxiv.org/abs/2606.06690",
    "HTTPS://WWW.ARXIV.ORG/ABS/2606.06690",
    "https://export.arxiv.org/abs/2606.06690",
    "https://arxiv.org/pdf/2606.06690",
    "https://arxiv.org/pdf/2606.06690.pdf",
    "https://arxiv.org/html/2606.06690",
    "https://arxiv.org/list/2606.06690",
    "https://arxiv.org/abs/2606.06690/",
    "https://arxiv.org/abs/2606.06690?context=cs",
    "https://arxiv.org/html/2606.06690#S3.F2",
    "https://arxiv.org/abs/2606.06690.",
    "(https://arxiv.org/abs/2606.06690),",
    "<https://arxiv.org/abs/2606.06690>",
    "<https://arxiv.org/abs/2606.06690|arxiv.org/abs/2606.06690>",
    "<https://arxiv.org/abs/2606.06690?a=1&amp;b=2|the paper>!",
    "https://ar5iv.labs.arxiv.org/html/2606.06690",
    "https://huggingface.co/papers/2606.06690",
    "huggingface.co/papers/2606.06690",
    "https://hf.co/papers/2606.06690#community",
    "https://alphaxiv.org/abs/2606.06690",
    "https://www.alphaxiv.org/pdf/2606.06690",
    "https://www.alphaxiv.org/overview/2606.06690",
    "10.48550/arXiv.2606.06690",
    "10.48550/ARXIV.2606.06690",
    "doi:10.48550/arXiv.2606.06690",
    "DOI: 10.48550/arxiv.2606.06690",
    "https://doi.org/10.48550/arXiv.2606.06690",
    "http://dx.doi.org/10.48550/arXiv.2606.06690",
    "https://doi.org/10.48550%2FarXiv.2606.06690",
]
OLD = [
    ("hep-th/9901001", "hep-th/9901001"),
    ("HEP-TH/9901001", "hep-th/9901001"),
    ("arXiv:hep-th/9901001", "hep-th/9901001"),
    ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
    ("http://www.arxiv.org/pdf/hep-th/9901001.pdf", "hep-th/9901001"),
    ("https://doi.org/10.48550/arXiv.hep-th/9901001", "hep-th/9901001"),
    ("math.GT/0309136", "math/0309136"),
    ("arXiv:MATH.GT/0309136", "math/0309136"),
    ("https://arxiv.org/abs/math.GT/0309136", "math/0309136"),
    ("cs/0112017", "cs/0112017"),
    ("quant-ph/0201082", "quant-ph/0201082"),
    ("0704.0001", "0704.0001"),
    ("1412.9999", "1412.9999"),
    ("1501.00001", "1501.00001"),
]
DOIS = [
    ("10.1145/3592433", "10.1145/3592433"),
    ("doi:10.1145/3592433", "10.1145/3592433"),
    ("https://doi.org/10.1145/3592433.", "10.1145/3592433"),
    ("https://dx.doi.org/10.1109/CVPR.2016.90", "10.1109/cvpr.2016.90"),
    ("10.1016/0370-2693(91)90641-8", "10.1016/0370-2693(91)90641-8"),
    ("(10.1016/0370-2693(91)90641-8).", "10.1016/0370-2693(91)90641-8"),
    ("<https://doi.org/10.1145/3592433|10.1145/3592433>", "10.1145/3592433"),
]
NONE = [
    "",
    "splatting",
    "2606.06690 splatting",
    "see 2606.06690",
    "2606.06690 2606.06691",
    "2613.06690",  # no such month
    "2600.06690",
    "hep-th/9913001",
    "2606.0669",  # five digits since 2015
    "1412.12345",  # four before
    "0703.0001",  # the old form then
    "2606.066901",
    "2606.06690v0",
    "12606.06690",
    "hep-zz/9901001",
    "and/1234567",
    "hep-th/990100",
    "10.1145",
    "10.1145/35 92433",
    "https://example.org/abs/2606.06690",
    "https://arxiv.org/abs/",
    "https://arxiv.org/list/cs.CV/new",
    "https://evil-arxiv.org/abs/2606.06690",
    "https://arxiv.org.evil.example/abs/2606.06690",
    "https://huggingface.co/papers/trending",
    "https://huggingface.co/papers/date/2026-06-12",
    "https://huggingface.co/papers",
    "https://huggingface.co/meta/model",
    "<|>",
    "#7",
    "upvotes>=10",
    "٢٦٠٦.٠٦٦٩٠",  # digits, but not arXiv's
    "2606.06690" * 200,
]  # fmt: skip


@pytest.mark.parametrize("text", NEW)
def test_every_way_of_writing_an_id_is_the_same_paper(text: str) -> None:
    assert parse_ref(text) == PaperRef("arxiv", "2606.06690")


@pytest.mark.parametrize("text", [text for text in NEW if "#" not in text and "?" not in text])
def test_every_way_takes_a_version(text: str) -> None:
    for mark in ("v2", "V2") if "[" not in text else ("v2",):
        versioned = text.replace("2606.06690", "2606.06690" + mark)
        assert parse_ref(versioned) == PaperRef("arxiv", "2606.06690", 2)


@pytest.mark.parametrize(("text", "value"), OLD)
def test_old_ids_lose_case_and_subject_class(text: str, value: str) -> None:
    assert parse_ref(text) == PaperRef("arxiv", value)


@pytest.mark.parametrize(("text", "value"), DOIS)
def test_dois(text: str, value: str) -> None:
    assert parse_ref(text) == PaperRef("doi", value)


def test_a_name_of_hugging_faces_own() -> None:
    assert parse_ref("https://huggingface.co/papers/some-report_1") == PaperRef(
        "hf", "some-report_1"
    )


@pytest.mark.parametrize("text", NONE)
def test_nothing_else_is_a_reference(text: str) -> None:
    assert parse_ref(text) is None


FORMS = st.sampled_from(
    [
        *("{}", "arXiv:{}", "doi:10.48550/arXiv.{}", "https://arxiv.org/abs/{}"),
        *("arxiv.org/pdf/{}.pdf", "https://huggingface.co/papers/{}", "www.alphaxiv.org/abs/{}"),
        "<https://arxiv.org/html/{}|x>",
    ]
)
IDS = st.builds(
    "{:02}{:02}.{:05}".format, st.integers(15, 99), st.integers(1, 12), st.integers(0, 99_999)
) | st.builds(
    "{}/{:02}{:02}{:03}".format,
    st.sampled_from(["hep-th", "math", "cs", "cond-mat"]),
    st.integers(91, 99),
    st.integers(1, 12),
    st.integers(0, 999),
)


@given(IDS, FORMS, st.none() | st.integers(1, 99), st.sampled_from(["", " ", ".", ")", ",\n"]))
def test_all_ids_in_all_forms(number: str, form: str, version: int | None, end: str) -> None:
    written = form.format(number + (f"v{version}" if version else "")) + end
    assert parse_ref(written) == PaperRef("arxiv", number, version)


PIECES = [
    *(
        "2606.06690",
        "v2",
        "arXiv:",
        "https://",
        "arxiv.org/abs/",
        "doi.org/",
        "10.",
        "10.1/",
        "x",
        "/",
    ),
    *("<", ">", "|", "(", ")", "[", "]", "%", "%2F", "%ff", "#", "?", " ", ".", "hep-th/", "\x00"),
]
REF_LIKE = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)


@given(st.text() | REF_LIKE)
def test_any_text_is_a_canonical_reference_or_none(text: str) -> None:
    ref = parse_ref(text)
    if ref is not None:
        again = parse_ref(ref.value if ref.kind != "hf" else f"hf.co/papers/{ref.value}")
        assert again == PaperRef(ref.kind, ref.value)
