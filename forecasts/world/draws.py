"""Posterior draws in the order that the simulator reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecasts.schema import SIDES
from forecasts.world.buffers import Draws
from forecasts.world.cases import decade
from forecasts.world.priors import Floats

if TYPE_CHECKING:
    import xarray as xr


NEVER_LOG_RATE = -60.0
"""Log hazard a day of what is not simulated: far less than once in the age of the universe."""


def thin(posterior: xr.Dataset, draws: int) -> xr.Dataset:
    """Evenly spaced `draws` of a posterior, chain after chain, on a ``sample`` dim.

    Parameters
    ----------
    posterior : xarray.Dataset, dims (chain, draw, ...)
    draws : int
        How many to keep; all of them if there are fewer.
    """
    stacked = posterior.stack(sample=("chain", "draw"))
    keep = np.unique(np.linspace(0, stacked.sizes["sample"] - 1, draws).round().astype(int))
    return stacked.isel(sample=keep).transpose("sample", ...)


def administration_effects(posterior: xr.Dataset) -> tuple[Floats, Floats]:
    """Log effects of pairs of leaders on streams and on bilaterals.

    Parameters
    ----------
    posterior : xarray.Dataset, dims (sample, ...)

    Returns
    -------
    array, dims (sample, administration, stream), and array, dims (sample, administration)
    """
    shared = posterior["pair"].to_numpy()[:, :, None]
    loading = posterior["administration_loading"].to_numpy()[:, None, :]
    spread = posterior["administration_sd"].to_numpy()[:, None, :]
    own = posterior["pair_own"].transpose("sample", "administration", "effect").to_numpy()
    zero = np.zeros_like(loading[..., :1])
    by_effect = np.concatenate([loading[..., :-1], zero, loading[..., -1:]], axis=-1)
    persistence = posterior["administration_persistence"].to_numpy()
    effects = inherited(shared * by_effect + own * spread, persistence)
    return effects[..., :-1], effects[..., -1]


def inherited(brought: Floats, persistence: Floats) -> Floats:
    r"""First-order autoregression over administrations, in order.

    .. math:: u_0 = e_0, \quad u_a = \rho u_{a-1} + \sqrt{1 - \rho^2} e_a

    Parameters
    ----------
    brought : array, dims (sample, administration, effect)
        What each pair of leaders brings of its own.
    persistence : array, dims (sample,)
        Share that carries over, in [0, 1).

    Examples
    --------
    >>> inherited(np.ones((1, 3, 1)), np.array([0.0])).ravel().tolist()
    [1.0, 1.0, 1.0]
    >>> inherited(np.array([[[1.0], [0.0], [0.0]]]), np.array([0.5])).ravel().tolist()
    [1.0, 0.5, 0.25]
    """
    effects = brought.copy()
    kept, fresh = persistence[:, None], np.sqrt(1.0 - persistence**2)[:, None]
    for pair in range(1, effects.shape[1]):
        effects[:, pair] = kept * effects[:, pair - 1] + fresh * brought[:, pair]
    return effects


def slopes(posterior: xr.Dataset) -> Floats:
    """Log hazard ratio for one log unit of each signal family, dims (sample, family, stream)."""
    raw = posterior["signal_raw"].transpose("sample", "family", "stream").to_numpy()
    return np.asarray(raw * posterior["signal_scale"].to_numpy()[:, :, None])


def _level_scores(kind: Floats, pair: Floats) -> Floats:
    """Log-odds of a higher level by administration and kind, dims (sample, slot, kind)."""
    return np.ascontiguousarray((kind[..., None] + pair).transpose(0, 2, 1))


def simulator_draws(
    posterior: xr.Dataset,
    slots: list[str],
    year: float,
    *,
    signals: bool = True,
    silent: np.ndarray | None = None,
) -> Draws:
    """Arrange draws for the simulator.

    Parameters
    ----------
    posterior : xarray.Dataset, dims (sample, ...)
        From :func:`thin`.
    slots : list of str
        Administrations in office over the horizon, in order.
    year : float
        Calendar year of the as-of day, for the trend of receptions.
    signals : bool
        Whether readings move the hazards.
    silent : array of bool, dims (stream,), optional
        Streams that are not simulated, since nobody has watched them yet.
    """

    def get(name: str, *dims: str) -> Floats:
        array = posterior[name].transpose("sample", *dims) if dims else posterior[name]
        return np.ascontiguousarray(array.to_numpy(), dtype=np.float64)

    at = [posterior.indexes["administration"].get_loc(slot) for slot in slots]
    effects, bilateral_effect = administration_effects(posterior)
    presence = get("presence_sd", "side")[:, :, None] * get(
        "presence_raw", "side", "administration"
    )
    level_pair = get("level_sd")[:, None] * get("level_pair_raw", "administration")
    level_own = get("level_own", "kind", "administration")
    slope = slopes(posterior)
    log_rate = get("log_rate", "stream")[:, None, :] + effects[:, at]
    if silent is not None:
        log_rate[:, :, silent] = NEVER_LOG_RATE
    received = get("received")[:, None] + get("received_kind_sd")[:, None] * get(
        "received_kind_raw", "kind"
    )
    trend = get("received_trend") * decade(year)
    return Draws(
        log_rate=np.ascontiguousarray(log_rate),
        bilateral_effect=np.ascontiguousarray(bilateral_effect[:, at]),
        presence=np.ascontiguousarray(presence[:, :, at]),
        slope=np.ascontiguousarray(slope if signals else np.zeros_like(slope)),
        recency=np.exp(get("recency_log_ratio", "stream")),
        announced=get("announced_share", "lead_group"),
        lead_mean=get("lead_log_days", "lead_group"),
        lead_sd=get("lead_log_sd"),
        venue_limits=np.cumsum(get("venue_share", "kind", "venue"), axis=-1),
        level=_level_scores(
            get("level_kind_sd")[:, None] * get("level_kind_raw", "kind"),
            (level_pair[:, None] + level_own)[..., at],
        ),
        level_visit=get("level_visit"),
        level_cuts=get("level_cuts", "cut"),
        breakthrough=get("breakthrough_share"),
        received=received + trend[:, None],
        received_beijing=get("received_beijing"),
        accompanies=get("secretary_accompanies"),
        loss_log_hazard=get("loss_log_hazard"),
        loss_last_week=get("loss_last_week"),
        postponed_share=get("postponed_share"),
        postponed_returns=get("postponed_returns"),
        in_person=get("summit_in_person"),
        attends=np.stack([get(f"{side}_attends", "series") for side in SIDES], axis=1),
        own_host=get("own_host"),
        counterpart_host=get("counterpart_host"),
        bilateral=get("bilateral", "series"),
        bilateral_recency=get("bilateral_recency"),
        signal_rate=np.exp(get("log_signal_rate", "family")),
        standstill_rate=np.exp(get("log_standstill_rate")),
    )
