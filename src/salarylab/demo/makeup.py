"""Make-up: who the demo's workers are, as declared shares; all invented.

Each table's row is a distribution and adds up to one. Covariates go together as in life: doctorates
sit in core AI, remote work in tech, seniority comes with experience.
"""

from __future__ import annotations

YEAR = (0.22, 0.24, 0.26, 0.28)
ROLE_FAMILY = (0.18, 0.27, 0.11, 0.29, 0.15)

ROLE = {  # within each family; a family of two roles gives the third place nothing
    "core AI": (0.50, 0.25, 0.25),
    "adjacent technical": (0.45, 0.40, 0.15),
    "non-technical AI": (0.65, 0.35, 0.0),
    "other tech": (0.60, 0.20, 0.20),
    "other": (0.60, 0.40, 0.0),
}

EDUCATION = {  # below secondary … doctorate
    "core AI": (0.005, 0.010, 0.035, 0.020, 0.330, 0.350, 0.010, 0.240),
    "adjacent technical": (0.010, 0.025, 0.060, 0.040, 0.430, 0.320, 0.010, 0.105),
    "non-technical AI": (0.010, 0.020, 0.050, 0.040, 0.430, 0.320, 0.050, 0.080),
    "other tech": (0.030, 0.080, 0.130, 0.090, 0.470, 0.160, 0.010, 0.030),
    "other": (0.040, 0.110, 0.130, 0.110, 0.410, 0.150, 0.025, 0.025),
}

EXPERIENCE_SCALE = {  # mean-like length of experience in years, by education
    "below secondary": 9.0,
    "secondary": 8.5,
    "some college": 8.0,
    "associate": 8.0,
    "bachelor": 7.0,
    "master": 6.5,
    "professional": 7.0,
    "doctorate": 6.0,
}
EXPERIENCE_YEARS = (*(half / 2 for half in range(1, 13)), *(float(year) for year in range(7, 41)))
"""Experience is told in half years up to 6, then in whole years up to 40."""

FIRST_WORKING_AGE = (16, 18, 20, 20, 22, 24, 25, 28)

SENIORITY_FROM_YEARS = (2.0, 5.0, 9.0, 14.0, 20.0)
SENIORITY = (  # by experience: under 2 years, 2 to 5, 5 to 9, 9 to 14, 14 to 20, 20 and over
    (0.78, 0.20, 0.01, 0.00, 0.01, 0.00),
    (0.36, 0.50, 0.10, 0.00, 0.03, 0.01),
    (0.08, 0.48, 0.33, 0.02, 0.07, 0.02),
    (0.03, 0.27, 0.43, 0.10, 0.13, 0.04),
    (0.02, 0.21, 0.38, 0.14, 0.17, 0.08),
    (0.02, 0.20, 0.34, 0.15, 0.17, 0.12),
)

INDUSTRY = {  # in the order of planted.INDUSTRY
    "core AI": (0.10, 0.05, 0.34, 0.16, 0.20, 0.08, 0.05, 0.02),
    "adjacent technical": (0.12, 0.08, 0.28, 0.17, 0.19, 0.05, 0.07, 0.04),
    "non-technical AI": (0.08, 0.08, 0.30, 0.18, 0.20, 0.05, 0.06, 0.05),
    "other tech": (0.13, 0.09, 0.28, 0.14, 0.18, 0.06, 0.06, 0.06),
    "other": (0.15, 0.14, 0.10, 0.14, 0.14, 0.11, 0.11, 0.11),
}

ORG_SIZE = {  # in the order of planted.ORG_SIZE
    "manufacturing": (0.04, 0.10, 0.22, 0.14, 0.22, 0.12, 0.16),
    "retail trade": (0.08, 0.14, 0.20, 0.12, 0.18, 0.10, 0.18),
    "information": (0.12, 0.18, 0.22, 0.10, 0.14, 0.08, 0.16),
    "finance and insurance": (0.05, 0.09, 0.17, 0.11, 0.22, 0.13, 0.23),
    "professional, scientific, technical services": (0.14, 0.20, 0.24, 0.10, 0.13, 0.07, 0.12),
    "educational services": (0.03, 0.10, 0.22, 0.17, 0.28, 0.12, 0.08),
    "health care and social assistance": (0.06, 0.12, 0.22, 0.14, 0.22, 0.12, 0.12),
    "public administration": (0.02, 0.07, 0.19, 0.16, 0.28, 0.14, 0.14),
}

REMOTE = {
    "core AI": 0.34,
    "adjacent technical": 0.32,
    "non-technical AI": 0.26,
    "other tech": 0.33,
    "other": 0.14,
}
REMOTE_IN_YEAR = {2021: 1.25, 2022: 1.05, 2023: 0.90, 2024: 0.80}
HYBRID_OF_REST = {2021: 0.38, 2022: 0.48, 2023: 0.56, 2024: 0.58}
"""Remote share by family, times a factor of the year; of the rest, the share that is hybrid."""

SKILL_AREAS = {  # probability of naming each area, in the order of planted.SKILL_AREAS
    "core AI": (0.95, 0.45, 0.08, 0.45, 0.20),
    "adjacent technical": (0.45, 0.45, 0.10, 0.80, 0.25),
    "non-technical AI": (0.50, 0.12, 0.10, 0.35, 0.08),
    "other tech": (0.12, 0.35, 0.28, 0.25, 0.40),
    "other": (0.05, 0.04, 0.05, 0.35, 0.03),
}
SKILLS = {  # named skills that stand for an area
    "AI/ML": ("PyTorch", "scikit-learn"),
    "cloud & MLOps": ("Kubernetes", "Terraform"),
    "security": ("threat modelling", "identity management"),
    "data engineering & analytics": ("SQL", "Spark"),
    "architecture & reliability": ("distributed systems", "observability"),
}
FADING_SKILL = {2021: 0.05, 2022: 0.09, 2023: 0.16, 2024: 0.24}

EMPLOYMENT = {"full-time": 0.91, "part-time": 0.05, "contract": 0.03, "freelance": 0.01}
FULL_HOURS = {35.0: 0.08, 37.5: 0.22, 38.0: 0.08, 40.0: 0.42, 42.0: 0.06, 45.0: 0.09, 50.0: 0.05}
PART_HOURS = {16.0: 0.15, 20.0: 0.35, 24.0: 0.25, 30.0: 0.25}
FULL_YEAR = 0.95
LIVES_ABROAD = 0.05
"""Of the remote, the share whose home is in another country than the job."""

GENDER = {"female": 0.32, "male": 0.66, "another": 0.02}
LEADS_PEOPLE = {"junior": 0.01, "mid": 0.06, "senior": 0.14, "staff": 0.10, "lead": 0.70, "executive": 0.95}

FIELDS = {  # of those who went to college, by role family
    "core AI": (0.55, 0.25, 0.15, 0.05),
    "adjacent technical": (0.45, 0.25, 0.20, 0.10),
    "non-technical AI": (0.20, 0.10, 0.20, 0.50),
    "other tech": (0.60, 0.10, 0.20, 0.10),
    "other": (0.10, 0.10, 0.15, 0.65),
}
FIELD_NAMES = ("computing", "mathematics and statistics", "engineering", "business and social science")

STEMS = (  # three employers' names for each band of size
    *("Aldermoor", "Brackwater", "Corvane"),
    *("Dunmarsh", "Elverhay", "Fennholt"),
    *("Garrowby", "Hexfield", "Illingar"),
    *("Jarnwick", "Keldstone", "Larkmere"),
    *("Morrowdale", "Netherby", "Orrisdon"),
    *("Pellwater", "Quarrowe", "Rookhurst"),
    *("Silverholm", "Thornvale", "Umberlow"),
)
TRADES = {  # the word an employer's name carries, and the kinds of its three
    "manufacturing": ("Works", ("private company", "product company", "private company")),
    "retail trade": ("Stores", ("private company", "private company", "private company")),
    "information": ("Software", ("product company", "start-up", "outsourcing")),
    "finance and insurance": ("Finance", ("private company", "private company", "start-up")),
    "professional, scientific, technical services": ("Consulting", ("outsourcing", "private company", "start-up")),
    "educational services": ("Academy", ("public sector", "public sector", "non-profit")),
    "health care and social assistance": ("Health", ("public sector", "private company", "non-profit")),
    "public administration": ("Authority", ("public sector", "public sector", "public sector")),
}
