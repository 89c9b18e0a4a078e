"""Role list: the roles that job titles are mapped to, each with its family, skill areas and definition.

The list is a codebook for people as much as a table for code: whoever labels a title chooses from it. A
title that names no role of its own (a bare "Engineer", "Manager" or "Analyst") has none.
"""

from __future__ import annotations

from dataclasses import dataclass

from salarylab.schema import ROLE_FAMILY, SKILL_AREAS

_AI, _CLOUD, _SECURITY, _DATA, _ARCHITECTURE = SKILL_AREAS
_CORE, _ADJACENT, _NON_TECHNICAL, _TECH, _OTHER = ROLE_FAMILY


@dataclass(frozen=True, slots=True)
class Role:
    """Declare a role: its name, family, what it covers, and the skill areas that it always stands for."""

    name: str
    family: str
    covers: str
    areas: tuple[str, ...] = ()


ROLE_LIST: tuple[Role, ...] = (
    # core AI: builds or studies models that learn
    Role(
        "machine learning engineer",
        _CORE,
        "engineers and developers of machine learning, AI, deep learning, NLP, LLMs or computer vision",
        (_AI,),
    ),
    Role("data scientist", _CORE, "data science at any level; also its managers and consultants", (_AI,)),
    Role("applied scientist", _CORE, "applied or decision scientists", (_AI,)),
    Role(
        "research scientist",
        _CORE,
        "research scientists and engineers of AI, and research scientists whose field is not said",
        (_AI,),
    ),
    # adjacent technical: gives models their data, or runs them
    Role("data engineer", _ADJACENT, "data pipelines, warehouses, ETL, big data; data platform engineers", (_DATA,)),
    Role("data analyst", _ADJACENT, "data, product, research or insight analysts who work with data", (_DATA,)),
    Role(
        "business intelligence",
        _ADJACENT,
        "BI engineers, developers and analysts; reporting; analytics engineers",
        (_DATA,),
    ),
    Role("data architect", _ADJACENT, "architecture and modelling of data", (_DATA, _ARCHITECTURE)),
    Role("database administrator", _ADJACENT, "administration and development of databases", (_DATA,)),
    Role("data manager", _ADJACENT, "management, operations, quality, governance or strategy of data", (_DATA,)),
    Role("MLOps engineer", _ADJACENT, "operation and infrastructure of machine learning", (_AI, _CLOUD)),
    Role("statistician", _ADJACENT, "statisticians, biostatisticians, actuaries, econometricians", (_DATA,)),
    Role("quantitative analyst", _ADJACENT, "quantitative analysts, researchers and traders"),
    # non-technical AI: AI is the subject, building it is not the job
    Role(
        "AI product manager", _NON_TECHNICAL, "product, programme or project managers of AI, ML or data science", (_AI,)
    ),
    Role("AI governance", _NON_TECHNICAL, "policy, ethics, risk, safety or governance of AI", (_AI,)),
    Role("AI trainer", _NON_TECHNICAL, "annotation, labelling, rating or prompting for models", (_AI,)),
    Role("AI business", _NON_TECHNICAL, "sales, marketing, strategy or consulting of AI that builds nothing", (_AI,)),
    # other tech
    Role("software engineer", _TECH, "software engineers, developers and programmers whose part is not said"),
    Role("back-end developer", _TECH, "back-end or server developers"),
    Role("front-end developer", _TECH, "front-end or web developers"),
    Role("full-stack developer", _TECH, "full-stack developers"),
    Role("mobile developer", _TECH, "developers for phones and tablets"),
    Role("embedded developer", _TECH, "developers of firmware, devices, robotics and control"),
    Role("game developer", _TECH, "developers of games and graphics"),
    Role("QA engineer", _TECH, "testing and quality of software"),
    Role("DevOps engineer", _TECH, "DevOps and build or release engineers; platform engineers", (_CLOUD,)),
    Role("cloud engineer", _TECH, "cloud and cloud infrastructure engineers", (_CLOUD,)),
    Role(
        "site reliability engineer", _TECH, "reliability, performance or production engineers", (_CLOUD, _ARCHITECTURE)
    ),
    Role("security engineer", _TECH, "security of information, networks or software", (_SECURITY,)),
    Role(
        "solutions architect", _TECH, "software, systems, solutions, cloud or enterprise architects", (_ARCHITECTURE,)
    ),
    Role("system administrator", _TECH, "administrators of systems and networks; network engineers"),
    Role("IT support", _TECH, "support, help desk, technicians, implementation"),
    Role("hardware engineer", _TECH, "electronics, chips and hardware"),
    Role("engineering manager", _TECH, "managers, heads and directors of software engineering"),
    Role("technology executive", _TECH, "chief technology or information officers; founders of technology firms"),
    Role("technical lead", _TECH, "technical or team leads whose field is not said"),
    Role("product manager", _TECH, "product managers and owners of anything but AI"),
    Role("project manager", _TECH, "project, programme or delivery managers; scrum masters"),
    Role("business analyst", _TECH, "business, systems or requirements analysts"),
    Role("designer", _TECH, "designers of products, interfaces, graphics or games; artists"),
    Role(
        "enterprise software consultant", _TECH, "consultants and developers of packaged software (SAP, Salesforce, 1C)"
    ),
    Role("blockchain developer", _TECH, "developers of blockchains and contracts on them"),
    Role("developer advocate", _TECH, "developer relations, developer experience, technical writing"),
    Role("solutions engineer", _TECH, "sales engineers and others who fit software to a customer"),
    # other
    Role("human resources", _OTHER, "recruiting, people and training"),
    Role("marketing", _OTHER, "marketing, content, brand, community"),
    Role("sales", _OTHER, "sales, accounts and customers"),
    Role("finance and operations", _OTHER, "finance, accounting, law, office and operations"),
    Role("teaching", _OTHER, "teachers, professors, trainers"),
    Role("academic researcher", _OTHER, "researchers of universities whose field is not said"),
    Role("management consultant", _OTHER, "consultants and strategists whose field is not said"),
    Role("engineer of another kind", _OTHER, "mechanical, civil, process and other engineers outside software"),
    Role("other occupation", _OTHER, "a named occupation outside technology"),
)
