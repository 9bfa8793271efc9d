from __future__ import annotations

from verifier.report.glossary import TERMS, explained, used


def test_hard_words_carry_what_they_mean_and_nothing_is_let_through() -> None:
    shown = str(explained("The Zone of <b>a.jpg</b> & its check digits"))
    assert shown.startswith(
        f'The <abbr title="{TERMS["zone"].replace("<", "&lt;")}">Zone</abbr> of &lt;b&gt;a.jpg&lt;/b&gt; &amp; its'
    )
    assert shown.count("<abbr") == 2
    assert str(explained("ozone")) == "ozone"


def test_only_words_that_stand_there_are_listed() -> None:
    assert [term for term, _ in used(["the machine-readable zone", "a BARCODE"])] == [
        "machine-readable zone",
        "barcode",
    ]
