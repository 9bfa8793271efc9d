"""Manipulated twins of genuine faces, in batches of tensors: self-blended, swapped, rendered again; and what a call does to both.

All take pictures [b, 3, 160, 160] in 0..1 and are drawn from one generator, so that a seed gives the same twins again.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

SIZE = 160
KINDS, SHARES = ("self-blended", "swap", "redrawn"), (0.4, 0.3, 0.3)


class Dice:
    """Random numbers of one seed on one device. same: so many rows in a row get one number, as pictures of one call do."""

    def __init__(self, seed: int, device: torch.device, same: int = 1) -> None:
        self._generator = torch.Generator(device).manual_seed(seed)
        self.device, self._same = device, same

    def uniform(self, low: float, high: float, n: int, *shape: int) -> Tensor:
        drawn = torch.rand(n // self._same, *shape, generator=self._generator, device=self.device)
        return drawn.repeat_interleave(self._same, 0) * (high - low) + low

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self._generator, device=self.device)

    def chosen(self, share: float, b: int) -> Tensor:
        """[b, 1, 1, 1] of 0 and 1."""
        return (self.uniform(0, 1, b, 1, 1, 1) < share).float()

    def order(self, n: int) -> Tensor:
        return torch.randperm(n, generator=self._generator, device=self.device)

    @property
    def state(self) -> Tensor:
        """All that the next numbers depend on."""
        return self._generator.get_state()

    def go_on(self, state: Tensor) -> None:
        self._generator.set_state(state)


def twins(
    real: Tensor, outline: Tensor, five: Tensor, donor: Tensor, donor_five: Tensor, rendered: Tensor, dice: Dice,
    shares: tuple[float, ...] = SHARES,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """A manipulated twin of each picture, and the picture itself as its genuine counterpart (its colours may differ too).

    outline [b, 1, 160, 160]: 1 inside the face. donor: other people's faces. rendered: the faces drawn again by a decoder.
    shares: of the manipulations, in the order of KINDS.
    """
    kind = dice.uniform(0, sum(shares), len(real), 1, 1, 1)
    self_blended, drawn_anew = kind < shares[0], kind >= shares[0] + shares[1]
    left = _restyled(real, dice)
    plain = torch.where(dice.chosen(0.5, len(real)) > 0, real, left)
    inner = _moved(_restyled(plain, dice), dice)
    swapped = _like(_onto(donor, donor_five, five, dice), plain, outline)
    face = torch.where(self_blended, inner, torch.where(drawn_anew, rendered, swapped))
    mask = _mask(outline, dice) * dice.uniform(0.6, 1.0, len(real), 1, 1, 1)
    whole = dice.chosen(0.5, len(real)) * drawn_anew.float()  # a generated picture has no seam
    mask = torch.maximum(mask, whole)
    return face * mask + plain * (1 - mask), plain


def call(a: Tensor, b: Tensor, dice: Dice) -> tuple[Tensor, Tensor]:
    """The same way through a call for both of each pair: size, filters, noise, coding, light; each drawn per pair."""
    n = len(a)
    both = torch.stack([a, b], 1)
    both = _each(both, lambda x: _flipped_and_moved(x, dice, n))
    both = _each_with(both, dice.uniform(0.3, 1.0, n, 1, 1, 1) ** dice.chosen(0.75, n), _resized)
    both = _each_with(both, dice.uniform(0.0, 1.0, n, 1, 1, 1) * dice.chosen(0.3, n), _smoothed)
    noise = dice.normal(*both.shape[:1], *both.shape[2:]) * dice.uniform(0, 0.03, n, 1, 1, 1) * dice.chosen(0.4, n)
    both = both + noise[:, None]
    step = dice.uniform(4.0, 60.0, n, 1, 1, 1) / 255 * dice.chosen(0.8, n)
    at = dice.order(8)[:2].tolist()
    both = _each_with(both, step, lambda x, s: _coded(x, s, at))
    gain, lift = dice.uniform(0.6, 1.3, n, 1, 1, 1), dice.uniform(-0.08, 0.08, n, 1, 1, 1)
    both = _each_with(both, gain, lambda x, g: x.clamp(0, 1) * g + lift)
    return both[:, 0].clamp(0, 1), both[:, 1].clamp(0, 1)


def _each(both: Tensor, change) -> Tensor:  # type: ignore[no-untyped-def]
    n = both.shape[0]
    changed = change(both.flatten(1, 2))
    return changed.reshape(n, 2, 3, SIZE, SIZE)


def _each_with(both: Tensor, amount: Tensor, change) -> Tensor:  # type: ignore[no-untyped-def]
    return torch.stack([change(both[:, 0], amount), change(both[:, 1], amount)], 1)


def _flipped_and_moved(x: Tensor, dice: Dice, n: int) -> Tensor:
    """X [n, 6, h, w]: one small similarity and perhaps a mirror for the six channels of a pair."""
    angle, scale = dice.uniform(-0.2, 0.2, n), dice.uniform(0.88, 1.12, n)
    mirror = torch.where(dice.uniform(0, 1, n) < 0.5, -1.0, 1.0)
    shift = dice.uniform(-0.06, 0.06, n, 2)
    theta = torch.zeros(n, 2, 3, device=x.device)
    theta[:, 0, 0], theta[:, 0, 1] = scale * angle.cos() * mirror, -scale * angle.sin()
    theta[:, 1, 0], theta[:, 1, 1] = scale * angle.sin() * mirror, scale * angle.cos()
    theta[:, :, 2] = shift
    return functional.grid_sample(
        x,
        functional.affine_grid(theta, list(x.shape), align_corners=False),
        padding_mode="reflection",
        align_corners=False,
    )


def _restyled(x: Tensor, dice: Dice) -> Tensor:
    """Light, colour, sharpness and resolution changed a little."""
    n = len(x)
    x = x * dice.uniform(0.85, 1.15, n, 3, 1, 1) ** dice.chosen(0.7, n) + dice.uniform(-0.08, 0.08, n, 1, 1, 1)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * dice.uniform(0.8, 1.2, n, 1, 1, 1) + mean
    x = x + dice.uniform(-0.8, 0.8, n, 1, 1, 1) * dice.chosen(0.5, n) * (x - _blur(x, 1.2))
    return _resized(x, dice.uniform(0.35, 1.0, n, 1, 1, 1) ** dice.chosen(0.5, n)).clamp(0, 1)


def _moved(x: Tensor, dice: Dice) -> Tensor:
    """A small shift and stretch, and a smooth bend of a pixel or two."""
    n = len(x)
    theta = torch.eye(2, 3, device=x.device).repeat(n, 1, 1)
    theta[:, 0, 0], theta[:, 1, 1] = dice.uniform(0.95, 1.05, n), dice.uniform(0.95, 1.05, n)
    theta[:, :, 2] = dice.uniform(-0.03, 0.03, n, 2)
    grid = functional.affine_grid(theta, list(x.shape), align_corners=False)
    bend = functional.interpolate(dice.normal(n, 2, 5, 5), SIZE, mode="bicubic", align_corners=False) * dice.uniform(
        0, 0.012, n, 1, 1, 1
    )
    return functional.grid_sample(x, grid + bend.permute(0, 2, 3, 1), padding_mode="reflection", align_corners=False)


def _onto(donor: Tensor, of: Tensor, to: Tensor, dice: Dice) -> Tensor:
    """Donors moved so that their five points [b, 5, 2] lie on others' by the least-squares similarity."""
    a, b = to.double(), of.double()
    ca, cb = a.mean(1, keepdim=True), b.mean(1, keepdim=True)
    a, b = a - ca, b - cb
    norm = (a * a).sum((1, 2)).clamp(min=1e-6)
    cos = (a * b).sum((1, 2)) / norm
    sin = (a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]).sum(1) / norm
    turn = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
    half = (SIZE - 1) / 2
    shift = cb[:, 0] - (turn @ (ca[:, 0] - half)[..., None])[..., 0] - half
    theta = torch.cat([turn, shift[..., None] / (SIZE / 2)], 2).to(donor.dtype)
    return functional.grid_sample(
        donor,
        functional.affine_grid(theta, list(donor.shape), align_corners=False),
        padding_mode="reflection",
        align_corners=False,
    )


def _like(face: Tensor, target: Tensor, outline: Tensor) -> Tensor:
    """The face with mean and spread of the target's colours inside the outline (Reinhard 2001, in RGB)."""
    weight = outline / outline.sum((2, 3), keepdim=True).clamp(min=1)

    def facts(x: Tensor) -> tuple[Tensor, Tensor]:
        mean = (x * weight).sum((2, 3), keepdim=True)
        return mean, ((x - mean).square() * weight).sum((2, 3), keepdim=True).clamp(min=1e-6).sqrt()

    (mean, spread), (want, wide) = facts(face), facts(target)
    return ((face - mean) * (wide / spread).clamp(0.4, 2.5) + want).clamp(0, 1)


def _mask(outline: Tensor, dice: Dice) -> Tensor:
    """The outline, or its lower half (a mouth drawn anew), bent, grown or shrunk, and feathered."""
    n = len(outline)
    rows = torch.arange(SIZE, device=outline.device, dtype=outline.dtype)[None, None, :, None]
    cut = dice.uniform(0.42, 0.62, n, 1, 1, 1) * SIZE
    half = (rows > cut).float()
    mask = outline * torch.where(dice.chosen(0.25, n) > 0, half, torch.ones_like(half))
    mask = _moved(mask, dice)
    mask = (_blur(mask, 4.0) - dice.uniform(0.25, 0.75, n, 1, 1, 1)) * 6 + 0.5
    soft = mask.clamp(0, 1)
    return torch.where(dice.chosen(0.6, n) > 0, _blur(soft, 5.0), _blur(soft, 1.5))


def _blur(x: Tensor, sigma: float) -> Tensor:
    reach = max(1, round(2.5 * sigma))
    at = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-at.square() / (2 * sigma * sigma))
    kernel, each = kernel / kernel.sum(), x.flatten(0, 1)[:, None]  # one channel at a time: three times faster
    each = functional.conv2d(functional.pad(each, (reach, reach, 0, 0), "reflect"), kernel[None, None, None, :])
    each = functional.conv2d(functional.pad(each, (0, 0, reach, reach), "reflect"), kernel[None, None, :, None])
    return each.reshape(x.shape)


def _smoothed(x: Tensor, amount: Tensor) -> Tensor:
    """Skin smoothing: fine detail of little contrast fades, edges stay."""
    fine = x - _blur(x, 2.0)
    return x - amount * fine * torch.exp(-(fine / 0.06).square())


def _resized(x: Tensor, scale: Tensor) -> Tensor:
    """Down to `scale` of its size and up again, per picture; in seven steps of size, so that a batch is one of few calls."""
    out = x
    step = (scale.flatten() * 8).round() / 8
    for s in (0.25, 0.375, 0.5, 0.625, 0.75, 0.875):
        here = (step == s).nonzero().flatten()
        if len(here):
            small = functional.interpolate(
                x[here], scale_factor=s, mode="bilinear", antialias=True, align_corners=False
            )
            out = out.index_copy(0, here, functional.interpolate(small, SIZE, mode="bicubic", align_corners=False))
    return out


def _dct(device: torch.device) -> Tensor:
    k, i = torch.meshgrid(torch.arange(8.0, device=device), torch.arange(8.0, device=device), indexing="ij")
    basis = torch.cos(torch.pi * (2 * i + 1) * k / 16) * 0.5
    basis[0] /= 2**0.5
    return basis


def _coded(x: Tensor, step: Tensor, at: list[int]) -> Tensor:
    """What block coding leaves: 8 x 8 cosine coefficients in steps of `step` (colour in coarser ones), edges of blocks softened."""
    to = torch.tensor([[0.299, 0.587, 0.114], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]], device=x.device)
    y = torch.einsum("ij,bjhw->bihw", to, x)
    y = torch.roll(y, at, (2, 3))
    n, side = len(y), SIZE // 8
    basis = _dct(x.device)
    blocks = y.reshape(n, 3, side, 8, side, 8).permute(0, 1, 2, 4, 3, 5)
    freq = basis @ blocks @ basis.T
    rising = 1 + 0.12 * (torch.arange(8.0, device=x.device)[:, None] + torch.arange(8.0, device=x.device)[None, :])
    coarser = torch.tensor([1.0, 2.0, 2.0], device=x.device).reshape(1, 3, 1, 1, 1, 1)
    q = step.reshape(n, 1, 1, 1, 1, 1) * coarser * rising
    q = q.clamp(min=1e-4)
    kept = torch.round(freq / q * 0.9) / 0.9 * q
    y2 = (basis.T @ kept @ basis).permute(0, 1, 2, 4, 3, 5).reshape(n, 3, SIZE, SIZE)
    y2 = y2 + (step.clamp(max=0.1) * 3) * (_blur(y2, 0.7) - y2)
    y2 = torch.roll(y2, [-at[0], -at[1]], (2, 3))
    return torch.einsum("ij,bjhw->bihw", torch.linalg.inv(to), y2)
