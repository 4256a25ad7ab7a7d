"""What :mod:`tests.builders_run` fills a run document with: questions, beliefs, parameters.

The probabilities are made up, near what a real run gives.
"""

from __future__ import annotations

from typing import Any

# id, closes, title; probability, interval, reference class, base-rate events of n, log-odds of
# calendar and history and of announced plans, days with a lump of probability
# fmt: off
JUNE: tuple[tuple[Any, ...], ...] = (
    ("xi-receives-blinken", "2023-06-23",
     "Does Xi Jinping receive Secretary Blinken on this visit?",
     0.83, (0.7, 0.93), "received", 34, 39, -0.31, 0.12, ("2023-06-19",)),
    ("blinken-deliverable", "2023-06-23",
     "Does Blinken's visit end in at least a deliverable?",
     0.22, (0.12, 0.34), "deliverable", 11, 39, -0.28, 0.0, ("2023-06-19",)),
    ("blinken-breakthrough", "2023-06-23",
     "Does Blinken's visit end in a breakthrough?",
     0.008, (0.001, 0.018), "breakthrough", 0, 39, -0.4, 0.0, ("2023-06-19",)),
    ("defence-contact-2023", "2023-12-31",
     "Do the defence chiefs or their deputies meet or talk by 31 December 2023?",
     0.64, (0.44, 0.81), "windows", 17, 26, -0.1, 0.0, ()),
    ("prc-fm-visits-us-2023", "2023-12-31",
     "Does China's foreign minister or top diplomat visit the US by 31 December 2023?",
     0.47, (0.3, 0.66), "windows", 12, 26, 0.05, 0.0, ("2023-11-15",)),
    ("treasury-2023-09-30", "2023-09-30",
     "Do the Treasury Secretary and her counterpart meet in person by 30 September 2023?",
     0.71, (0.55, 0.84), "windows", 13, 21, 0.25, 0.1, ()),
    ("commerce-2023-09-30", "2023-09-30",
     "Do the commerce or trade chiefs meet in person by 30 September 2023?",
     0.62, (0.45, 0.77), "windows", 12, 21, 0.15, 0.0, ()),
    ("g20-new-delhi", "2023-09-30",
     "Do Biden and Xi meet bilaterally at the G20 in New Delhi?",
     0.53, (0.36, 0.69), "G20", 10, 15, -0.55, 0.0, ("2023-09-10",)),
    ("apec-san-francisco", "2023-12-31",
     "Do Biden and Xi meet bilaterally at APEC in San Francisco?",
     0.61, (0.43, 0.77), "APEC", 19, 29, -0.17, 0.0, ("2023-11-16",)),
    ("leaders-meet-2023", "2023-12-31",
     "Do Biden and Xi meet in person anywhere by 31 December 2023?",
     0.79, (0.62, 0.91), "windows", 19, 26, 0.4, 0.0, ("2023-09-10", "2023-11-16")),
    ("leaders-call-2023", "2023-12-31",
     "Do Biden and Xi speak by telephone or video by 31 December 2023?",
     0.36, (0.2, 0.55), "windows", 14, 26, -0.6, 0.0, ()),
    ("deliverable-if-leaders-meet", "2023-12-31",
     "If the presidents meet by 31 December 2023, does it end in at least a deliverable?",
     0.44, (0.29, 0.6), "deliverable", 23, 55, 0.12, 0.0, ()),
    ("plan-lost-2023", "2023-12-31",
     "Is some announced contact cancelled or postponed by 31 December 2023?",
     0.58, (0.38, 0.77), "windows", 11, 26, 0.7, 0.0, ()),
)
LIVE: tuple[tuple[Any, ...], ...] = (
    ("xi-visits-us-2026", "2026-12-31",
     "Does Xi Jinping visit the United States by 31 December 2026?",
     0.88, (0.74, 0.96), "windows", 9, 26, 0.9, 1.6, ("2026-09-24", "2026-12-14")),
    ("apec-shenzhen", "2026-12-31",
     "Do the presidents meet bilaterally at APEC in Shenzhen?",
     0.63, (0.44, 0.79), "APEC", 21, 32, -0.12, 0.0, ("2026-11-18",)),
    ("g20-miami", "2026-12-31",
     "Do the presidents meet bilaterally at the G20 in Miami?",
     0.55, (0.36, 0.73), "G20", 12, 18, -0.45, 0.0, ("2026-12-15",)),
    ("two-more-meetings-2026", "2026-12-31",
     "Do the presidents meet at least twice more in 2026?",
     0.74, (0.55, 0.89), "windows", 8, 26, 0.9, 1.0, ("2026-11-18", "2026-12-15")),
    ("leaders-call-2026", "2026-12-31",
     "Do the presidents speak by telephone or video by 31 December 2026?",
     0.52, (0.33, 0.71), "windows", 15, 27, -0.1, 0.0, ()),
    ("state-visits-china-2027", "2027-06-30",
     "Does the Secretary of State visit China by 30 June 2027?",
     0.57, (0.39, 0.74), "windows", 17, 26, -0.3, 0.0, ("2026-11-18",)),
    ("next-meeting-deliverable", "2027-06-30",
     "Does the next leaders' meeting end in at least a deliverable?",
     0.49, (0.33, 0.65), "deliverable", 26, 59, 0.2, 0.0, ("2026-09-24",)),
    ("next-meeting-breakthrough", "2027-06-30",
     "Does the next leaders' meeting end in a breakthrough?",
     0.034, (0.01, 0.07), "breakthrough", 3, 71, -0.3, 0.0, ("2026-09-24",)),
    ("plan-lost-2026", "2026-12-31",
     "Is some announced contact cancelled or postponed by 31 December 2026?",
     0.47, (0.29, 0.66), "windows", 12, 26, 0.0, 0.1, ()),
)
# fmt: on

BELIEFS: dict[str, Any] = {
    "priors": [
        {
            "name": "rate_per_year",
            "coordinate": "state_sec_visit",
            "distribution": "lognormal",
            "values": {"median": 1.2, "sigma": 0.5},
            "means": "0.5 to 2.7 trips a year",
            "reason": "Secretaries have gone to China about once a year since 1973.",
        },
        {
            "name": "presence_logit",
            "coordinate": "APEC, prc",
            "distribution": "normal",
            "values": {"mean": 3.4, "sd": 0.7},
            "means": "97 % come",
            "reason": "China's leader came to every APEC that was held in person.",
        },
        {
            "name": "signal_scale",
            "coordinate": "",
            "distribution": "halfnormal",
            "values": {"scale": 0.4},
            "means": "a busy month moves the odds by at most half again",
            "reason": "Out of sample, signals have hardly helped; shrink them.",
        },
    ],
    "signal_families": [
        {
            "name": "hostile",
            "title": "Hostile acts",
            "half_life_days": 60.0,
            "reason": "Sanctions, incidents and arrests have cooled plans for a season.",
        },
        {
            "name": "friendly",
            "title": "Friendly words and announcements",
            "half_life_days": 45.0,
            "reason": "Announced visits and positive statements come before contacts.",
        },
    ],
    "parameters": [
        {
            "name": "rate_per_year",
            "coordinate": kind,
            "mean": mean,
            "sd": 0.3 * mean,
            "low": 0.7 * mean,
            "high": 1.4 * mean,
            "rhat": 1.002,
            "ess_bulk": 2100.0,
        }
        for kind, mean in (
            ("leader_in_person", 0.62),
            ("leader_remote", 1.1),
            ("state_sec_visit", 1.04),
            ("treasury_in_person", 1.7),
        )
    ],
}
