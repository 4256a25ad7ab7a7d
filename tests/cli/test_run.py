"""What `forecasts run` prints beside the answers."""

from __future__ import annotations

from forecasts.cli.run import certificate


def test_certificate_says_which_identity_is_broken() -> None:
    """A gap that is too large cannot pass for one that holds."""
    checks = [
        {"identity": "P(A) + P(not A) = 1", "checked": 9, "largest_gap": 0.0, "holds": True},
        {
            "identity": "P(A | B) P(B) = P(A and B)",
            "checked": 4,
            "largest_gap": 0.2,
            "holds": False,
        },
    ]

    heading, good, bad = certificate({"futures": 100_000, "coherence": checks})

    assert "100,000" in heading
    assert good.split()[0] == "holds"
    assert bad.split()[0] == "BROKEN"
    assert "2e-01" in bad
