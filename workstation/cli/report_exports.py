"""What ``batson report`` writes beside PDF and record: FHIR and tables."""

from __future__ import annotations

from collections.abc import Collection

import workstation
from workstation.domain.case import Case
from workstation.exchange.fhir import fhir_json
from workstation.exchange.tables import grades_csv, lesions_csv
from workstation.report.service import ReportFiles

EXPORT_KINDS = ("fhir", "csv")


def exported(case: Case, files: ReportFiles, kinds: Collection[str]) -> list[tuple[str, bytes]]:
    """Return (file name, content) of the wanted kinds, ``"fhir"`` and ``"csv"``.

    Parameters
    ----------
    files : ReportFiles
        The report of ``case``; the FHIR bundle carries its PDF, and its stem names the files.
    """
    found = []
    if "fhir" in kinds:
        software = f"Batson {workstation.__version__}"
        content = fhir_json(case, software=software, pdf=files.pdf)
        found.append((f"{files.stem}.fhir.json", content))
    if "csv" in kinds:
        found.append((f"{files.stem}-lesions.csv", lesions_csv(case)))
        found.append((f"{files.stem}-grades.csv", grades_csv(case)))
    return found
