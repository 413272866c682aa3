"""The words of the clinical scales: performance status, AIS, Frankel.

Sources: Karnofsky and ECOG scales; AIS (ASIA/ISCoS); Frankel 1969. AIS and Frankel share letters
but not definitions (clinical reference 5.2, 5.3, 6.1).
"""

from __future__ import annotations

from collections.abc import Mapping

from workstation.domain.clinical import AisGrade, Ambulation, Ecog, FrankelGrade, Kps

KPS_TITLES: Mapping[Kps, str] = {
    Kps.K100: "normal",
    Kps.K90: "minor signs",
    Kps.K80: "normal activity with effort",
    Kps.K70: "cares for self, cannot work",
    Kps.K60: "occasional assistance",
    Kps.K50: "considerable assistance",
    Kps.K40: "disabled",
    Kps.K30: "severely disabled",
    Kps.K20: "very sick, active support",
    Kps.K10: "moribund",
    Kps.K0: "dead",
}

ECOG_TITLES: Mapping[Ecog, str] = {
    Ecog.E0: "fully active",
    Ecog.E1: "restricted in strenuous activity",
    Ecog.E2: "up more than 50 % of waking hours, self-care, no work",
    Ecog.E3: "confined more than 50 % of waking hours",
    Ecog.E4: "fully disabled",
    Ecog.E5: "dead",
}

AIS_TITLES: Mapping[AisGrade, str] = {
    AisGrade.A: "complete: no sensation and no movement in S4-S5",
    AisGrade.B: "sensory incomplete: sensation below the level including S4-S5, no movement",
    AisGrade.C: "motor incomplete: more than half of key muscles below the level under 3/5",
    AisGrade.D: "motor incomplete: at least half of key muscles below the level 3/5 or more",
    AisGrade.E: "normal in a person who had deficits before",
    AisGrade.INTACT: "intact, never had a deficit",
}
"""AIS is stated by a clinician; a radiologist never assigns it."""

FRANKEL_TITLES: Mapping[FrankelGrade, str] = {
    FrankelGrade.A: "complete motor and sensory loss below the lesion",
    FrankelGrade.B: "sensation only, no motor",
    FrankelGrade.C: "some motor power, useless in practice",
    FrankelGrade.D: "useful motor power",
    FrankelGrade.E: "no weakness, sensory loss or sphincter problem",
}

AMBULATION_TITLES: Mapping[Ambulation, str] = {
    Ambulation.INDEPENDENT: "walks independently",
    Ambulation.WITH_AID: "walks with aid",
    Ambulation.NOT_AMBULATORY: "does not walk",
}
