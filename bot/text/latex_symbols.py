r"""Tables for `bot.text.latex`: what TeX commands stand for.  They decide nothing.

Names follow the LaTeX kernel, amssymb, textcomp and siunitx; the abbreviations (`\ie`, `\wrt`) are
the macros that authors define most often for themselves.
"""

from __future__ import annotations


def _names(table: str) -> frozenset[str]:
    return frozenset(table.split())


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


GREEK = _pairs("""
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
    kappa κ varkappa ϰ lambda λ mu μ upmu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
    varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
""")

SYMBOLS = (
    GREEK
    | _pairs(r"""
    times × pm ± mp ∓ div ÷ cdot · ast * star ⋆ bigstar ★ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗
    odot ⊙ dagger † ddagger ‡ wedge ∧ land ∧ vee ∨ lor ∨ cap ∩ cup ∪ bigcup ⋃ bigcap ⋂ sqcup ⊔
    uplus ⊎ setminus ∖ backslash \ wr ≀ rtimes ⋊ ltimes ⋉ bigoplus ⨁ bigotimes ⨂ bigwedge ⋀ bigvee ⋁
    leq ≤ le ≤ leqslant ≤ geq ≥ ge ≥ geqslant ≥ neq ≠ ne ≠ equiv ≡ sim ∼ simeq ≃ approx ≈ approxeq ≊
    cong ≅ propto ∝ ll ≪ gg ≫ prec ≺ succ ≻ preceq ⪯ succeq ⪰ lesssim ≲ gtrsim ≳ asymp ≍ doteq ≐
    lt < gt > mid ∣ nmid ∤ parallel ∥ perp ⊥ bot ⊥ top ⊤ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩
    coloneqq ≔ triangleq ≜ colon : subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ sqsubseteq ⊑
    in ∈ notin ∉ ni ∋ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ emptyset ∅ varnothing ∅ infty ∞
    partial ∂ nabla ∇ sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ surd √ angle ∠ triangle △
    square □ Box □ Diamond ◇ diamond ⋄ blacksquare ■ checkmark ✓ faGithub GitHub
    to → rightarrow → longrightarrow ⟶ leftarrow ← gets ← longleftarrow ⟵ leftrightarrow ↔
    longleftrightarrow ⟷ Rightarrow ⇒ Longrightarrow ⟹ implies ⟹ Leftarrow ⇐ Leftrightarrow ⇔ iff ⟺
    Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑
    Downarrow ⇓ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ hookrightarrow ↪ rightleftharpoons ⇌
    rightleftarrows ⇄ rightharpoonup ⇀ nrightarrow ↛ circlearrowright ↻ circlearrowleft ↺
    textrightarrow → textleftarrow ← leadsto ⇝ rightsquigarrow ⇝ multimap ⊸
    langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ lbrace { rbrace } lbrack [ rbrack ]
    vert | lvert | rvert | Vert ‖ lVert ‖ rVert ‖ prime ′ backprime ‵ ldots … dots … cdots ⋯ dotsc …
    dotsb ⋯ vdots ⋮ ddots ⋱ textellipsis … ell ℓ hbar ℏ hslash ℏ Re ℜ Im ℑ wp ℘ aleph ℵ imath ı
    jmath ȷ natural ♮ sharp ♯ flat ♭ degree ° deg ° textdegree ° celsius °C percent % textmu µ
    textregistered ® circledR ® texttrademark ™ copyright © textcopyright © pounds £ euro € S §
    textless < textgreater > textasciitilde ~ textasciicircum ^ textbackslash \ textunderscore _
    textbar | textemdash — textendash – textquotedblleft “ textquotedblright ” textquoteleft ‘
    textquoteright ’ textdollar $ textpm ± texttimes × textbullet • textperiodcentered ·
    slash / clubsuit ♣ spadesuit ♠ heartsuit ♡ diamondsuit ♢ complement ∁ therefore ∴ because ∵
    lgroup ⟮ rgroup ⟯ ulcorner ⌜ urcorner ⌝ LaTeX LaTeX TeX TeX BibTeX BibTeX
    ie i.e. eg e.g. wrt w.r.t. iid i.i.d. aka a.k.a. vs vs. cf cf.
""")
    | {"etal": "et al.", "etc": "etc."}
)
"""Command name → what it shows, in text and in mathematics."""

LETTERS = _pairs(r"""
    ss ß o ø O Ø l ł L Ł ae æ AE Æ oe œ OE Œ aa å AA Å i ı j ȷ dh ð DH Ð th þ TH Þ dj đ DJ Đ
    ng ŋ NG Ŋ
""")
"""Letters of other alphabets; the space that ends the command's name is no space of the text."""

OPERATORS = _names("""
    log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth max min sup inf
    lim limsup liminf arg argmax argmin dim ker det gcd lcm Pr hom tr Tr rank diag sign bmod mod
""")
"""Shown by their own names, kept apart from letters on either side."""

STYLES = _names("""
    textbf textit textsc texttt textsf textrm textsl textup textmd textnormal emph text mbox hbox
    underline uline ul uwave sout makebox fbox MakeUppercase
    MakeLowercase uppercase lowercase vbox
""")
"""One argument of text, shown without its style."""

MATH_STYLES = _names("""
    mathrm mathbf mathit mathsf mathtt mathcal mathscr mathfrak mathnormal mathbbm mathds
    boldsymbol bm pmb mathop mathbin mathrel mathord mathopen mathclose mathpunct ensuremath
    overline underbrace overbrace overleftarrow overrightarrow boxed smash operatorname
    operatornamewithlimits rmnum
""")
"""One argument of mathematics, shown without its style."""

BLACKBOARD = _pairs("C ℂ H ℍ N ℕ P ℙ Q ℚ R ℝ Z ℤ")

SWITCHES = _names("""
    it bf em rm tt sf sc sl cal scr frak bfseries itshape ttfamily sffamily rmfamily scshape slshape
    mdseries upshape normalfont boldmath unboldmath tiny scriptsize footnotesize small normalsize
    large Large LARGE huge Huge displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits
    big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr Biggl Biggr
    noindent indent centering raggedright par newline linebreak allowbreak nobreak newpage smallskip
    medskip bigskip maketitle protect relax xspace expandafter romannumeral leavevmode unskip null
    mathstrut strut footnotemark hfill vfill nonumber notag ignorespaces
""")
"""Commands that show nothing."""

SPACES = _names("space quad qquad enspace enskip thinspace nobreakspace and")

ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
"""Text accents → combining characters."""

MATH_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303",
    "bar": "\u0304", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "check": "\u030c",
    "breve": "\u0306", "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a",
}  # fmt: skip

WRAPPERS = {
    "footnote": (" (", ")"), "footnotetext": (" (", ")"), "enquote": ("“", "”"),
    "textquote": ("“", "”"), "ket": ("|", "⟩"), "bra": ("⟨", "|"), "braket": ("⟨", "⟩"),
    "norm": ("‖", "‖"), "abs": ("|", "|"), "ceil": ("⌈", "⌉"), "floor": ("⌊", "⌋"),
    "pmod": ("(mod ", ")"), "set": ("{", "}"), "ang": ("", "°"),
}  # fmt: skip
"""One argument between two marks."""

HIDDEN_ARGUMENTS = {
    "cite": 1, "citep": 1, "citealp": 1, "parencite": 1, "autocite": 1, "footcite": 1, "nocite": 1,
    "label": 1, "color": 1, "hspace": 1, "vspace": 1, "hypersetup": 1, "phantom": 1, "hphantom": 1,
    "vphantom": 1, "begin": 1, "end": 1, "pagestyle": 1, "thispagestyle": 1, "setlength": 2,
    "bibliographystyle": 1, "textcolor": 1, "colorbox": 1, "scalebox": 1, "raisebox": 1,
    "hyperlink": 1, "hypertarget": 1, "resizebox": 2, "rotatebox": 1,
}  # fmt: skip
"""How many leading arguments are instructions, not text; what follows them is shown."""

CITATIONS = _names("cite citep citealp parencite autocite footcite nocite label")
"""Of these nothing is left, not even the space before."""

UNITS = _pairs("""
    meter m metre m gram g second s ampere A kelvin K mole mol candela cd hertz Hz newton N
    pascal Pa joule J watt W coulomb C volt V farad F ohm Ω tesla T henry H celsius °C
    degreeCelsius °C degree ° percent % electronvolt eV eV eV angstrom Å barn b bar bar minute min
    hour h day d liter L litre L byte B bit bit bel B decibel dB radian rad dalton Da nm nm um µm
    mm mm cm cm km km kg kg ms ms us µs ns ns GHz GHz MHz MHz kHz kHz
    femto f pico p nano n micro µ milli m centi c deci d kilo k mega M giga G tera T peta P
    per / squared ² cubed ³ square sq cubic cu
""")

SUPERSCRIPTS = (
    dict(
        zip(
            "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ",
            "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ",
            strict=True,
        )
    )
    | {"∘": "°", "°": "°", "⊤": "ᵀ", "∗": "*"}
    | {mark: mark for mark in "′*†‡⋆"}
)
SUBSCRIPTS = dict(
    zip(
        "0123456789+-=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
