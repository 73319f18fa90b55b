"""A stand-in for the core: it answers in the shapes and words of the real one."""

from __future__ import annotations

from adapters.web.suggestions import Suggestion
from bot.domain.papers import PaperId
from bot.domain.replies import (
    Action,
    Button,
    Card,
    Caret,
    CodeBlock,
    Link,
    Listing,
    Notice,
    Preview,
    Reply,
    Row,
    Span,
    Style,
    Tone,
    Visibility,
    plain,
)

PAPERS = (
    (
        "RPC-GS: Gaussian Splatting with native RPC Rendering for Satellite Imagery",
        "Valentin Wagner, Sebastian Bullinger, Christoph Bodensteiner +1",
        "cs.CV",
        24,
    ),
    (
        "SAGS: Structure-Aware 3D Gaussian Splatting",
        "Evangelos Ververas, Rolandos Alexandros Potamias, Jifei Song +2",
        "cs.CV",
        11,
    ),
    (
        "Mip-Splatting: Alias-free 3D Gaussian Splatting",
        "Zehao Yu, Anpei Chen, Binbin Huang +2",
        "cs.CV, cs.GR",
        86,
    ),
    (
        "2D Gaussian Splatting for Geometrically Accurate Radiance Fields",
        "Binbin Huang, Zehao Yu, Anpei Chen +2",
        "cs.CV, cs.GR",
        41,
    ),
    ("Splatting Under Water: Scattering-Aware Radiance Fields", "Mia Okafor, Jun Tan", "cs.CV", 3),
    (
        "SplatAD: Real-Time Lidar and Camera Rendering with 3D Gaussian Splatting for Driving",
        "Georg Hess, Carl Lindström, Maryam Fatemi +2",
        "cs.CV, cs.RO",
        9,
    ),
    ("Compact 3D Gaussian Splatting for Dense Visual SLAM", "Tianchen Deng +5", "cs.CV", 7),
    ("Speedy-Splat: Fast 3D Gaussian Splatting with Sparse Pixels", "Alex Hanson +3", "cs.GR", 14),
    ("WildSplatting from Casual Video", "Ines Duarte, Lukas Brandt", "cs.CV", 2),
    ("Language-Embedded Splatting for Robot Manipulation", "Wei Zhao +6", "cs.RO, cs.CV", 18),
)
ABSTRACT = (
    "Gaussian Splatting has become the method of choice for novel view synthesis, yet satellite "
    "images are taken by push-broom sensors whose geometry is described by rational polynomial "
    "coefficients (RPC). We render Gaussians under the RPC model itself instead of a local "
    "perspective approximation, which removes a systematic reprojection error of up to 2.4 pixels. "
    "On the DFC2019 and IARPA 2016 scenes our method lowers the mean altitude error by 18 % at a "
    "tenth of the training time."
)
BIBTEX = """@misc{wagner2026rpcgs,
  title = {{RPC-GS}: {Gaussian} Splatting with native {RPC} Rendering for Satellite Imagery},
  author = {Wagner, Valentin and Bullinger, Sebastian and Bodensteiner, Christoph},
  year = {2026},
  eprint = {2606.06690},
  archivePrefix = {arXiv},
  primaryClass = {cs.CV},
  url = {https://arxiv.org/abs/2606.06690}
}"""


def said(text, style=Style.PLAIN):
    return (Span(text, style),)


def marked(title, *words):
    """The title with every occurrence of a word marked."""
    spans, rest = [], title
    while rest:
        hits = [(rest.casefold().find(word), len(word)) for word in words]
        start, length = min((hit for hit in hits if hit[0] >= 0), default=(len(rest), 0))
        if start:
            spans.append(Span(rest[:start]))
        if length:
            spans.append(Span(rest[start : start + length], Style.MARK))
        rest = rest[start + length :]
    return tuple(spans)


def number(index):
    return f"2606.{6690 + index:05d}"


def button(action, ref, label, title="", *, primary=False):
    spoken = f"{label} {title}" if title else None
    return Button(action=action, ref=ref, label=label, spoken=spoken, primary=primary)


def row(index, *words):
    title, authors, categories, upvotes = PAPERS[index % len(PAPERS)]
    ref = f"arxiv:{number(index)}"
    return Row(
        number=index + 1,
        paper=PaperId(ref),
        title=marked(title, *words),
        url=f"https://arxiv.org/abs/{number(index)}",
        meta=f"{authors} · Monday 8 June · {categories} · {upvotes} upvotes",
        buttons=(
            button(Action.ABSTRACT, ref, "Abstract", title),
            button(Action.CITE, ref, "Cite", title),
            button(Action.SHARE, ref, "Share", title),
        ),
    )


def listing(query, first):
    last = min(first + 4, 17)
    buttons = []
    if first > 1:
        buttons.append(button(Action.PAGE, f"l1:{first - 5}", "Back"))
    if last < 17:
        buttons.append(button(Action.PAGE, f"l1:{last + 1}", "Next 5"))
    buttons.append(button(Action.RUN, "d1", "Subscribe to this", primary=True))
    rows = tuple(row(index, "splatting") for index in range(first - 1, last))
    heading = (
        Span("17", Style.STRONG),
        Span(" papers for "),
        Span(query, Style.CODE),
        Span(f" · {first}–{last}"),
    )
    titles = " ".join(f"{one.number} {plain(one.title)}." for one in rows)
    return Reply(
        summary=f"17 papers for {query}, {first} to {last}. {titles}",
        parts=(Listing(heading=heading, rows=rows, buttons=tuple(buttons)),),
        replaces=first > 1 or query == "back",
    )


def card(index=0, *, reasons=None, note=None):
    title, authors, categories, upvotes = PAPERS[index]
    ref = f"arxiv:{number(index)}"
    why = reasons or (
        (Span('Matches "gaussian splatting"'), Span(" (subscription 1) in the title")),
    )
    part = Card(
        paper=PaperId(ref),
        title=marked(title, "gaussian splatting"),
        url=f"https://arxiv.org/abs/{number(index)}",
        authors=authors,
        meta=f"arXiv, Monday 8 June · {categories}",
        body=marked(ABSTRACT, "gaussian splatting", "gaussians"),
        signals=(f"{upvotes} upvotes", "86 stars"),
        links=(
            Link(label="Code", url="https://github.com/example/rpc-gs"),
            Link(label="Project", url="https://example.org/rpc-gs"),
        ),
        reasons=why,
        note=note,
        buttons=(
            button(Action.ABSTRACT, ref, "Abstract", title),
            button(Action.CITE, ref, "Cite", title),
        ),
    )
    summary = (
        f"New paper: {title}. {authors}. arXiv, Monday 8 June. "
        f'Matches "gaussian splatting" in the title. https://arxiv.org/abs/{number(index)}'
    )
    return Reply(summary=summary, parts=(part,), visibility=Visibility.PUBLIC)


def preview():
    return Reply(
        summary="Preview: nothing is stored yet. About 5 papers a day.",
        parts=(
            Preview(
                heading=said("Preview: nothing is stored yet.", Style.STRONG),
                lines=(
                    (
                        Span("#papers will get every new paper with the phrase "),
                        Span('"gaussian splatting"', Style.CODE),
                        Span(" in title, abstract or keywords, as it is announced."),
                    ),
                    (
                        Span("About 5 a day", Style.STRONG),
                        Span(", up to 14 (2 to 14 on the 5 announcement days I know; 31 in all)."),
                    ),
                ),
                samples=tuple(row(index, "gaussian splatting") for index in range(3)),
                closing=(
                    said("First papers: Tuesday 9 June about 06:00. Nothing older is posted."),
                ),
                buttons=(
                    button(Action.SUBSCRIBE, "d2", "Subscribe", primary=True),
                    button(Action.CANCEL, "d2", "Cancel"),
                ),
            ),
        ),
    )


def mistake():
    return Reply(
        summary="The quote before gaussian is never closed.",
        parts=(
            Notice(
                tone=Tone.MISTAKE,
                lines=(
                    (
                        Span("The quote before "),
                        Span("gaussian", Style.STRONG),
                        Span(" is never closed. Did you mean "),
                        Span('"gaussian splatting"', Style.CODE),
                        Span("?"),
                    ),
                ),
                caret=Caret(text='"gaussian splatting', start=0, end=1),
                usage="/papers QUERY",
                buttons=(button(Action.RUN, "d3", "Search that", primary=True),),
            ),
        ),
    )


def notice(text, tone=Tone.INFO, **more):
    return Reply(summary=text, parts=(Notice(lines=(said(text),), tone=tone),), **more)


SUGGESTIONS = (
    Suggestion(text="today", usage="today", description="The newest announced day"),
    Suggestion(text="week", usage="week", description="The newest five lists, best first"),
    Suggestion(text="subscribe ", usage="subscribe QUERY", description="Get new papers here"),
    Suggestion(text="subscriptions", usage="subscriptions", description="What this channel gets"),
    Suggestion(text="cite ", usage="cite PAPER [bibtex|ris|markdown]", description="A citation"),
    Suggestion(text="help", usage="help [COMMAND]", description="All commands, with examples"),
)


def suggest(text):
    return [one for one in SUGGESTIONS if one.text.startswith(text.casefold())]


class FakeCore:
    """`handle` for tests; every invocation is remembered, `answers` may say something else."""

    def __init__(self):
        self.invocations = []
        self.answers = {}

    async def handle(self, invocation):
        self.invocations.append(invocation)
        key = invocation.text or f"{invocation.action}:{invocation.ref}"
        if key in self.answers:
            return self.answers[key]
        if invocation.action is not None:
            return self._pressed(invocation)
        return self._typed(invocation.text)

    def _typed(self, text):
        if text.startswith("subscribe"):
            return preview()
        if text.count('"') % 2:
            return mistake()
        return listing(text or "splatting", 1)

    def _pressed(self, invocation):
        if invocation.action is Action.PAGE:
            reply = listing("splatting", int(invocation.ref.rpartition(":")[2]))
            return Reply(summary=reply.summary, parts=reply.parts, replaces=True)
        done = "Done: subscription 1, first papers Tuesday about 06:00."
        answers = {
            Action.CITE: Reply(summary=BIBTEX, parts=(CodeBlock(text=BIBTEX, language="bibtex"),)),
            Action.ABSTRACT: Reply(summary=card().summary, parts=card().parts),
            Action.SHARE: notice("Shared in #papers.", Tone.DONE),
            Action.SUBSCRIBE: notice(done, Tone.DONE, replaces=True),
            Action.CANCEL: notice("Nothing was stored.", replaces=True),
        }
        return answers.get(invocation.action, preview())
