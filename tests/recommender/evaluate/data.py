"""Small real-looking data in the form of the published files: what they hold follows from a few plain rules."""

import csv
import gzip
import json
from pathlib import Path

import numpy as np

DISTRICTS, AGES, SEXES = ("1", "2", "3", "4"), ("child", "adult", "senior"), ("Female", "Male")
SERVICES = 12


def cells(folder: Path, seed: int = 1) -> Path:
    """Cells of a population whose age group and district, and both together, say what it uses."""
    rng = np.random.default_rng(seed)
    own = folder / "services_west_bengal"
    own.mkdir(parents=True)
    combinations = [
        (d, s, c, a, r) for d in DISTRICTS for s in SEXES for c in ("SC", "ST", "General") for a in AGES for r in "HM"
    ]
    by_age, by_district = rng.normal(0, 1.2, (3, SERVICES)), rng.normal(0, 0.8, (4, SERVICES))
    names = [f"service_{number}" for number in range(1, SERVICES + 1)]
    with gzip.open(own / "uses_by_cell.csv.gz", "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cluster_id", "district_id", "gender", "caste", "age_group", "religion_group", *names])
        for number, one in enumerate(combinations):
            odds = by_age[AGES.index(one[3])] + by_district[DISTRICTS.index(one[0])]
            uses = rng.multinomial(int(rng.integers(0, 200)), np.exp(odds) / np.exp(odds).sum())
            writer.writerow([number, one[0], one[1], one[2], one[3], one[4], *uses.tolist()])
    with gzip.open(own / "services.csv.gz", "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["service_id", "department_name"])
        writer.writerows([[number, f"department {number % 3}"] for number in range(1, SERVICES + 1)])
    return folder


def licences(folder: Path) -> Path:
    """Premises and accounts: who sells food sells drink, who repairs cars sells tyres."""
    own = folder / "licences_chicago"
    own.mkdir(parents=True)
    kinds = (("Retail Food", "Liquor"), ("Car Repair", "Tyres"), ("Limited",))
    with gzip.open(own / "licences_2020-09.csv.gz", "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["license_id", "license_description", "license_start_date", "address", "zip_code"])
        for number in range(120):
            for place, kind in enumerate(kinds[number % 3]):
                writer.writerow([f"{number}{place}", kind, f"20{18 + place}-01-02", f"{number} Main St", "60601"])
    columns = [
        "ACCOUNT NUMBER", "ZIP CODE", "LICENSE DESCRIPTION", "APPLICATION TYPE", "LICENSE TERM START DATE",
        "DATE ISSUED",
    ]  # fmt: skip
    with gzip.open(own / "renewals_2002_2017.csv.gz", "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerow(["1", "60601.0", "Retail Food", "RENEW", "05/16/2014", "05/20/2014"])  # late
        writer.writerow(["2", "60601.0", "Retail Food", "RENEW", "05/16/2014", "05/01/2014"])
        writer.writerow(["3", "60601.0", "Retail Food", "RENEW", "05/16/2014", "04/01/2014"])  # before any reminder
        writer.writerow(["4", "60601.0", "Retail Food", "ISSUE", "05/16/2014", "05/01/2014"])
    full = [
        {"account_number": f"a{n}", "zip_code": "60601", "license_description": kind, "license_start_date": f"20{y}"}
        for n in range(60)
        for kind, y in zip(kinds[n % 2], ("24-01-01T00:00", "25-01-01T00:00"), strict=True)
    ]
    for pull in ("licences_2025-08-25.json.gz", "licences_2025-09-01.json.gz"):
        with gzip.open(own / pull, "wt", encoding="utf-8") as file:
            json.dump(full, file)
    return folder
