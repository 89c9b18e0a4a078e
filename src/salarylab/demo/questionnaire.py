"""Questionnaire: the answers that the made-up survey offers, and the levels that they stand for.

Answers, not levels, stand in the raw files: the form's wording changed over the years, and people name
a currency in more than one way. The generator types them; the cleaner reads them back.
"""

from __future__ import annotations

from collections.abc import Mapping

ANSWERS: dict[str, Mapping[str, str]] = {
    "education": {
        "No school certificate": "below secondary",
        "School certificate": "secondary",
        "Some college, no degree": "some college",
        "Two-year degree": "associate",
        "Bachelor's degree": "bachelor",
        "Bachelor": "bachelor",
        "Master's degree": "master",
        "Master": "master",
        "Professional degree (law, medicine …)": "professional",
        "Doctorate": "doctorate",
        "PhD or other doctorate": "doctorate",
    },
    "seniority": {
        "Junior": "junior",
        "Mid-level": "mid",
        "Senior": "senior",
        "Staff or principal": "staff",
        "Team or technical lead": "lead",
        "Head, director or above": "executive",
    },
    "work_mode": {
        "At the office": "on-site",
        "On site": "on-site",
        "Part office, part home": "hybrid",
        "Hybrid": "hybrid",
        "Fully remote": "remote",
    },
    "industry": {
        "Manufacturing": "manufacturing",
        "Retail": "retail trade",
        "Software, media, telecoms": "information",
        "Banking, insurance, finance": "finance and insurance",
        "Consulting, law, research services": "professional, scientific, technical services",
        "Education": "educational services",
        "Health and social care": "health care and social assistance",
        "Government": "public administration",
    },
    "org_size": {
        "1 to 19": "under 20",
        "20 to 99": "20 to 99",
        "100 to 499": "100 to 499",
        "500 to 999": "500 to 999",
        "1000 to 4999": "1,000 to 4,999",
        "5000 to 9999": "5,000 to 9,999",
        "10000+": "10,000 or more",
    },
    "org_kind": {
        "Private company": "private company",
        "Start-up": "start-up",
        "Product company": "product company",
        "Outsourcing or agency": "outsourcing",
        "Public sector": "public sector",
        "Charity or other non-profit": "non-profit",
    },
    "employment": {
        "Employee, full time": "full-time",
        "Employee, part time": "part-time",
        "Contractor": "contract",
        "Freelancer": "freelance",
    },
    "gender": {"Woman": "female", "Man": "male", "Another answer": "another"},
    "track": {"no": "individual contributor", "yes": "manager"},
    "period": {"a year": "year", "a month": "month"},
}

CURRENCY_NAMES = {
    "USD": "USD",
    "US dollar": "USD",
    "$": "USD",
    "GBP": "GBP",
    "£": "GBP",
    "EUR": "EUR",
    "€": "EUR",
    "euro": "EUR",
    "CAD": "CAD",
    "INR": "INR",
    "rupees": "INR",
    "BRL": "BRL",
    "PLN": "PLN",
    "zł": "PLN",
}

NONE_OF_THESE = "none of these"
"""An answer: the worker names no skill. A blank is no answer."""

LIST_MARK = "; "

FULL_YEAR = {"50 or more": True, "fewer than 50": False}
"""Weeks paid in the year."""

BLANKS = ("", "n/a", "NA")
"""How an answer that was left out looks in the file."""
