"""The sound of a recording on its way to the voices, measured in passing for those who ask for clicks and for bands.

Decoding an hour of sound costs more than all that is measured here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.observe.clicks import Clicks
from verifier.observe.sound_features import Bands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.media.types import AudioBlock
    from verifier.observe.clicks import ClickTable
    from verifier.observe.sound_features import SoundTable
    from verifier.timing import Span


class Overheard:
    """Of one file's first sound track, all channels together. `complete` once all of it has passed."""

    def __init__(self, *, clicks: bool, bands: bool) -> None:
        self._clicks, self._bands = Clicks() if clicks else None, Bands() if bands else None
        self.complete = False

    def feed(self, block: AudioBlock) -> None:
        """Mono, at 16 kHz, in order of time."""
        if self._clicks is not None:
            self._clicks.feed(block)
        if self._bands is not None:
            self._bands.feed(block)

    def clicks(self, speech: Sequence[Span]) -> ClickTable | None:
        """None: not measured, or not all of it, or given before."""
        passed, self._clicks = self._clicks, None
        return passed.table(speech) if passed is not None and self.complete else None

    def bands(self) -> SoundTable | None:
        """None: as above. What it holds is four times the table, and gone once this was asked."""
        passed, self._bands = self._bands, None
        return passed.table() if passed is not None and self.complete else None
