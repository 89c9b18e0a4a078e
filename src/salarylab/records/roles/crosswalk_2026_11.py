"""Crosswalk 2026-11: the declared tables of the first version.

Patterns are words of plain titles (see ``crosswalk``); ``<class>`` stands for a class of words below.
Languages: English, Finnish, Ukrainian, Russian, German, French, Spanish, Portuguese, Polish, Swedish.
"""

from __future__ import annotations

from salarylab.records.roles.crosswalk import Crosswalk, Entry
from salarylab.schema import SKILL_AREAS

E = Entry

READING: tuple[tuple[str, str], ...] = (
    (r"\b[mfwhdxkn](?: ?[/|,] ?[mfwhdxk*]){1,3}(?:\b|$)|\b[hkm]/[fmk]\b|\ball genders\b", " "),  # m/f/d, h/f, k/m
    (r"(\p{L}{3})[(:*_·/](?:innen|in|a|o|as|euse|se|rice|trice|ne|e|ka|ca)\b\)?", "$1"),  # entwickler:in, ingeniero/a
    (r"c\+\+", " cpp "),
    (r"\bc#", " csharp "),
    (r"\.net\b", " dotnet "),
    (r"\bnode\.?js\b", " node js "),
    (r"\bsmart contracts?\b", " smartcontract "),
    (r"[&+]", " and "),
    (r"[/|;\\]", " / "),
    (r"[^\p{L}\p{N}/]+", " "),
    (r"\b(?:mid level|entry level|senior|sr|snr|junior|jr|jnr|middle|midd?|principal|intermediate)\b", " "),
    (r"\bstaff (\p{L})", "$1"),  # "technical staff" stays
    (
        r"\b(?:старший|старша|старшая|молодший|молодша|младший|младшая|провідний|ведущий|головний|главный|vanhempi|nuorempi)\b",
        " ",
    ),
    (r"\b(?:starszy|mlodszy|confirme|semi senior|ssr|pleno|medior)\b", " "),
    (r"\b(?:remote|hybrid|onsite|on site|full time|part time|contract|freelance|now hiring|i{1,3}|iv|\d+)\b", " "),
)
"""What is taken off or rewritten before a pattern is looked for."""

WORDS: dict[str, str] = {
    # heads
    "eng": (
        r"engineers?|engineering|eng|engr|enginner|insinoori|ingenieur(?:in|e)?|ingenier[oa]|engenheir[oa]|inzynier"
        r"|ingenjor|інженер(?:ка)?|инженер"
    ),
    "person": (
        r"developers?|develop[eo]r|program+ers?|coder|swe|sde|kehittaja|koodari|ohjelmoija|entwickler(?:in|innen)?"
        r"|programmierer(?:in)?|developpeur|developpeuse|programmeur|desarrollador[a]?|programador[a]?"
        r"|desenvolvedor[a]?|programist(?:a|ka)|deweloper(?:ka)?|utvecklare|programmerare"
        r"|розробник|розробниця|програміст(?:ка)?|девелопер|разработчик|программист(?:ка)?"
    ),
    "dev": (
        r"<person>|dev|development|programming|entwicklung|developpement|desarrollo|desenvolvimento|розробка"
        r"|розробки|разработка"
    ),
    "build": r"<eng>|<dev>",
    "soft": r"(?:(?:software|application|applications|product) )?(?:(?:development|dev) )?<build>",
    "analyst": (
        r"analysts?|analyytikko|analytiker(?:in)?|analyste|analista|analityk|analityczka|analyt|аналітик|аналітикиня"
        r"|аналитик"
    ),
    "specialist": (
        r"specialists?|expert|professional|asiantuntija|spezialist(?:in)?|experte|specialiste|especialista"
        r"|specjalist(?:a|ka)|ekspert|фахівець|спеціаліст(?:ка)?|специалист|эксперт|експерт"
    ),
    "consultant": (
        r"consultants?|consulting|konsultti|konsult|berater(?:in)?|konsulent|consultor[a]?|konsultant(?:ka)?"
        r"|консультант(?:ка)?|advisor|adviser"
    ),
    "architect": (
        r"architects?|architecture|arkkitehti|architekt(?:in|ka)?|architecte|arquitect[oa]|arquitet[oa]|arkitekt"
        r"|архітектор(?:ка)?|архитектор"
    ),
    "boss": (
        r"managers?|manger|management|mgr|lead|leader|leads|head|director|vp|svp|avp|vice president|chief"
        r"|supervisor|chair"
        r"|paallikko|johtaja|vetaja|leiter(?:in)?|leitung|responsable|directeur|directrice|gerente|diretor[a]?|jefe"
        r"|jefa|coordenador[a]?|lider|kierownik|dyrektor|chef|ledare|менеджер(?:ка)?|керівник|керівниця|руководитель"
        r"|начальник|директор(?:ка)?|тимлид|тімлід|лид|лід"
    ),
    "head": r"<build>|<analyst>|<specialist>|<consultant>|<boss>|associate|officer|coordinator|administrator|owner"
    r"|intern",
    "of": r"of|for|in|de|du|des|d|da|do|del|en|fur|von|av|dla|з|із|по|от|and|the|at|la|le|las|los",
    "gap": r"(?:[^ /]+ ){0,2}",
    # subjects
    "ai1": (
        r"a i|ai|artificial intelligence|machine ?learning|ml|aiml|deep ?learning|dl|nlp"
        r"|natural language processing|nlu"
        r"|llms?|large language models?|gen ai|genai|generative ai|computer vision|agentic ai|reinforcement learning"
        r"|ki|kunstliche intelligenz|maschinelles lernen|ia|inteligencia artificial|intelligence artificielle"
        r"|apprentissage automatique|aprendizaje automatico|aprendizado de maquina|vision por computador"
        r"|visao computacional"
        r"|sztucznej inteligencji|sztuczna inteligencja|uczenia maszynowego|tekoaly|koneoppiminen|koneoppimis|konenako"
        r"|maskininlarning|artificiell intelligens|ші|штучного інтелекту|машинного навчання|комп ютерного зору|ии"
        r"|искусственного интеллекта|машинного обучения|машинное обучение|компьютерного зрения"
    ),
    "ai": r"<ai1>(?: (?:/ |and |or )?<ai1>)*",
    "ds": (
        r"data scien(?:ce|ces|tists?)|datascien(?:ce|tist)|data scientits?|data scienc|datatieteilija|data tieteilija"
        r"|datatiede|datenwissenschaftler(?:in)?|scientifique (?:de |des )?donnees|science des donnees"
        r"|cientific[oa] de datos|ciencia de datos|cientista de dados|ciencia de dados|naukowiec danych|badacz danych"
        r"|dataforskare|дата сайент[иі]ст|дата сайєнтист|науки о данных|науки про дані"
    ),
    "data": r"data|datos|dados|donnees|danych|daten|даних|данных|дата|datan",
    "datas": r"danych|даних|данных",  # stands after its noun without a word between
    "bi": r"business intelligence(?: bi)?|bi business intelligence|bi|power ?bi|tableau|qlik(?: ?sense| ?view)?"
    r"|looker|ssrs",
    "bigdata": (
        r"etl|elt|ssis|informatica|big ?data|hadoop|spark|pyspark|databricks|snowflake|talend|kafka|airflow|dbt"
        r"|data(?: ?(?:pipelines?|platforms?|infrastructure|warehous(?:e|ing)|lake|lakehouse|ingestion|streaming"
        r"|systems))|datawarehouse|dwh|edw"
    ),
    "database": (
        r"databases?|db|sql|t ?sql|pl ?sql|postgres(?:ql)?|mysql|mongodb|oracle db|tietokanta|datenbank"
        r"|bases? de donnees|bases? de datos|bancos? de dados|baz danych|databas|баз даних|баз данных|бд"
    ),
    "front": (
        r"front ?end|frontendowy|фронтенд|фронт енд|web ?front ?end|react(?: ?js)?|angular(?: ?js)?|vue(?: ?js)?|html"
        r"|html css|html coder|ui front ?end|верстальник|верстальщик"
    ),
    "back": r"back ?end|backendowy|бекенд|бэкенд|бек енд|server ?side|palvelin|node ?js|node|django|laravel|rails",
    "full": r"full ?stack|fullstackowy|фулстек|фуллстек|фулл стек|mern|mean stack",
    "web": r"web|www|wordpress|drupal|magento|shopify|веб|webb|verkko",
    "mobile": (
        r"mobile(?: ?(?:app|apps|application|applications|software))?|ios|android|flutter|react native|swift"
        r"|mobiili|mobilny|mobil|movil|aplicaciones moviles|мобільний|мобильный|мобільних|мобильных"
    ),
    "embedded": (
        r"embedded(?: ?(?:software|systems?|linux|c|cpp))?|firmware|robotics?(?: software)?|plc|controls?|scada"
        r"|avionics"
        r"|sulautettu(?:jen)?|sulautetun|wbudowanych|eingebettete|embarque|inbyggda|iot|autonomous (?:driving"
        r"|vehicles?)|mechatronics software|device drivers?|bsp"
    ),
    "game": r"games?|gameplay|unity(?: ?3d)?|unreal|peli|spiele|jeux|videojuegos|jogos|gier|spel|ігор|игр|graphics"
    r"|rendering",
    "security": (
        r"(?:cyber ?|information ?|info|it ?|network ?|application ?|app ?|cloud ?|product ?|data ?)?security|cyber"
        r"|appsec|devsecops|cybersecurity|infosec|soc|siem|penetration|pen ?test(?:er|ing)?|vulnerability|threat"
        r"|cryptograph(?:y|er)"
        r"|tietoturva|kyberturva|it sicherheit|informationssicherheit|securite|cybersecurite|seguridad|ciberseguridad"
        r"|seguranca|bezpieczenstwa|cyberbezpieczenstwa|sakerhet|sakerhets|безпеки|кібербезпеки|безопасности|пентестер"
        r"|ethical hacker|ethical hacking|red team|incident response"
    ),
    "cloud": r"cloud|aws|azure|gcp|pilvi|хмарний|облачный|облачных",
    "erp": (
        r"sap|abap|salesforce|servicenow|service now|dynamics(?: 365)?|ms dynamics|d365|netsuite|workday|odoo"
        r"|peoplesoft"
        r"|oracle (?:apps|ebs|fusion|erp|cloud apps)|erp|crm|1c|1с|sharepoint|power platform|powerapps|pega|hubspot"
        r"|guidewire|mulesoft|veeva|siebel|hyperion|jde|bas"
    ),
    "chain": r"blockchain|block chain|web3|solidity|smartcontract|crypto|ethereum|defi|блокчейн",
    "lang": (
        r"python|java|csharp|cpp|c|dotnet|net|golang|go|rust|scala|kotlin|ruby|php|javascript|typescript|js|perl|cobol"
        r"|delphi|haskell|elixir|erlang|clojure|matlab|software|application|applications|desktop|api|qt|linux"
        r"|systems software|product|middleware|computer|simulation software|search|algorithm|compiler"
    ),
    "field": (
        r"<cloud>|<security>|<erp>|<database>|<bigdata>|<chain>|<web>|<mobile>|<game>|<bi>|<lang>|<embedded>|<hrs>"
        r"|digital"
        r"|(?:finance|financial|fp and a|accounting|operations|operational|business|compliance|legal|procurement"
        r"|logistics"
        r"|supply chain|risk|credit|credit risk|fraud|audit|investments?|pricing|treasury|tax|revenue|office"
        r"|regulatory|equity"
        r"|aml|billing|payroll|inventory|claims|underwriting|trade|trading|demand|workforce|process|systems?"
        r"|marketing|sales"
        r"|customer|account|product|program|project|research|energy|power|water|transportation|traffic"
        r"|environmental|industrial"
        r"|manufacturing|design|clinical|health|healthcare|growth|content|support|quality|test|technical|technology"
        r"|it|reporting"
        r"|statistical|quantitative|hardware|platform|field|safety|infrastructure|network|production|learning"
        r"|education|solutions?|lead|risk adjustment|revenue cycle|social media|back ?end|front ?end|full ?stack|qa"
        r"|bioinformatics|actuarial|operations research|insights?|analytics)"
    ),
    "hrs": r"hr|human resources?|people|talent|recruit(?:ing|ment)",
    "pre": r"(?:<field> ){0,3}",
    "quality": (
        r"qa|aqa|sqa|sdet|quality assurance|software quality|software test(?:ing)?|test automation"
        r"|automation test(?:ing)?"
        r"|testing|test|tester(?:in|ka)?|testers|testaaja|testaus|testauksen|testeur|testeuse|tests|testare|testerka"
        r"|тестувальни[кц]я?|тестирования|тестировщи[кц]а?|тестування|controle qualite logiciel|qc"
    ),
    "pm": (
        r"(?:product|program|programme|project|delivery) (?:managers?|management|manger|mgr|owner|lead|leader|director)"
        r"|tpm|technical product owner|tuotepaallikko|tuoteomistaja|projektipaallikko|projektleiter(?:in)?"
        r"|produktmanager(?:in)?"
        r"|chef de projet|cheffe de projet|chef de produit|jefe de proyecto|gerente de (?:produto|producto"
        r"|projetos?|proyectos?)"
        r"|kierownik projektu|projektledare|produktagare|продакт менеджер|продуктовий менеджер|продуктовый менеджер"
        r"|проджект менеджер|(?:менеджер|керівник|руководитель) (?:проєктів|проектів|проекту|проєкту|проектов|проекта)"
    ),
}
"""Classes of words; a class may refer to others."""

# Whole names of roles -------------------------------------------------------------------------------------------

_CORE_AI = (
    E("data scientist", r"<ds> (?:/ |and )?(?:<ai> )?(?:scientist|<specialist>|<eng>|<dev>)", "Data Science Engineer"),
    E("data scientist", r"<pre>data scientists?", "Marketing Data Scientist"),
    E("applied scientist", r"applied (?:<ai> |research )*scien(?:tist|ce)s?", "Applied Machine Learning Scientist"),
    E("applied scientist", r"decision scien(?:tist|ce)s?", "Decision Scientist"),
    E("MLOps engineer", r"(?:ml|ai|llm|machine learning) ?ops|mlops|aiops|llmops", "MLOps Engineer"),
    E(
        "MLOps engineer",
        r"<ai> (?:cloud |data )?(?:operations|infrastructure|infra|platforms?|devops|deployment)(?: <gap><build>)?",
        "Machine Learning Infrastructure Engineer",
    ),
    E("MLOps engineer", r"<soft> (?:<of> )?<ai> (?:platforms?|infrastructure|infra)", "Software Engineer, ML Platform"),
    E(
        "research scientist",
        r"<ai> (?:and )?(?:safety |applied )?(?:research(?:er)?|tutkija|forscher(?:in)?|chercheur"
        r"|investigador[a]?|pesquisador[a]?)(?: (?:scientist|engineer|intern))?",
        "AI Researcher",
    ),
    E("research scientist", r"<ai> scientist", "Machine Learning Scientist"),
    E(
        "research scientist",
        r"research (?:and development )?(?:scientists?|engineers?|ingenieur)|wissenschaftler ki"
        r"|tutkijatohtori tekoaly",
        "Research Scientist",
    ),
    E("research scientist", r"scientist <of>? ?<gap><ai>", "Scientist, Machine Learning"),
    E("research scientist", r"chief scientist|research(?:er)? (?:in )?<ai>", "Chief Scientist"),
    E("AI trainer", r"(?:<ai> )?prompt (?:<build>|writer|<specialist>|designer)", "Prompt Engineer"),
    E(
        "AI trainer",
        r"(?:<ai> )?(?:<data> )?(?:annotat(?:or|ion|ions)|label+(?:ing|er)|image tagging)",
        "Data Annotation Specialist",
    ),
    E(
        "AI trainer",
        r"<ai> (?:model |data |content |writing |response )*(?:trainer|tutor|rater|evaluator|writer|reviewer"
        r"|training)|(?:search(?: engine)?|ads|internet|social media) (?:quality )?(?:rater|evaluator|assessor)"
        r"|розмітник даних|разметчик данных",
        "AI Content Writer",
    ),
    E(
        "AI governance",
        r"(?:<ai> )?(?:responsible|trustworthy|ethical) <ai>"
        r"|<ai> (?:(?:product|model|data|and|content|platform|trust|strategy) ){0,2}(?:policy|ethics|ethicist"
        r"|governance|risk|safety|compliance|regulation|regulatory|audit|auditor)"
        r"|(?:policy|ethics|governance|risk|compliance) <gap><ai>|model (?:risk|governance)",
        "AI Policy Lead",
    ),
    E("AI product manager", r"(?:<ai>|<ds>) (?:/ )?(?:technical |solutions? |delivery )?<pm>", "AI Product Manager"),
    E("AI product manager", r"<pm> (?:<of> )?<gap>(?:<ai>|<ds>)", "Product Manager, Data Science"),
    E(
        "solutions architect",
        r"<ai> (?:cloud |data )?(?:solutions?|systems?|enterprise|software) <architect>",
        "AI Solution Architect",
    ),
    E(
        "AI business",
        r"<ai> <gap>(?:sales|marketing|strateg(?:y|ist|ies)|business|evangelist|transformation|adoption"
        r"|partnerships?|account|<consultant>|enablement|go to market)",
        "AI Consultant",
    ),
    E("AI business", r"(?:sales|marketing|strategy|business development) <gap><ai>", "Sales Manager, AI"),
    E("data analyst", r"<ai> (?:business )?<analyst>", "AI Analyst"),
    E(
        "machine learning engineer",
        r"<ai> (?:and data |/ data |mlops |/ mlops |and mlops |applied )?(?:ops )?(?:software |solutions? "
        r"|systems? |application |applications |models? |quality |research and development |full ?stack "
        r"|back ?end |python |cloud |product |robotics |algorithms? |compiler |performance |automation "
        r"|technical |practice |science |computational )*(?:<head>|<architect>|modell?er|practitioner|technologist)",
        "AI Engineer",
    ),
    E(
        "machine learning engineer",
        r"(?:<boss> (?:<of> )*)?(?:<soft>|software) (?:(?:<boss>|/) )?(?:<of> )*(?:[^ /]+ ){0,2}<ai>",
        "Software Engineer, Machine Learning",
    ),
    E(
        "machine learning engineer",
        r"(?:perception|speech(?: recognition)?|recommend(?:er|ation)(?: systems?)?|conversational|chatbot"
        r"|vision) (?:software )?<build>|koneoppimisinsinoori|maskininlarningsingenjor|tekoalykehittaja"
        r"|tekoalyinsinoori|ki entwickler(?:in)?|(?:chief|head) (?:of )?<ai>(?: officer)?",
        "Perception Engineer",
    ),
)

_DATA = (
    E(
        "data manager",
        r"<data> (?:quality|governance|steward(?:ship)?|integrity|compliance|lineage|catalog)",
        "Data Quality Engineer",
    ),
    E(
        "data manager",
        r"<data> (?:and analytics )?(?:operations|ops|strateg(?:y|ist)|dataops)|dataops",
        "Data Operations Analyst",
    ),
    E(
        "data manager",
        r"(?:<data> )?(?:mdm|master data|metadata) <gap>(?:<head>|governance|steward)",
        "Master Data Specialist",
    ),
    E(
        "data manager",
        r"<data> (?:<of> )?(?:management|manager|managers|mgr|steward|curator|custodian|librarian|collector"
        r"|officer|controller)",
        "Clinical Data Manager",
    ),
    E(
        "data manager",
        r"<data> (?:team |domain |product )?(?:lead|leader|head|director|vp|supervisor|coordinator"
        r"|<specialist>|associate|technician|strategist)|data paallikko|datapaallikko|leiter(?:in)? daten"
        r"|gestor de (?:dados|datos)|chief data (?:and [^ /]+ )?officer|cdo",
        "Data Team Lead",
    ),
    E(
        "product manager",
        r"<data> (?:products?|platforms?) (?:manager|owner|lead|director|management)",
        "Data Product Manager",
    ),
    E(
        "data engineer",
        r"<data> (?:and (?:<ai>|<ds>|software|analytics|bi) |/ (?:<ai>|<ds>|software|bi) )<build>",
        "Data/ML Engineer",
    ),
    E(
        "data engineer",
        r"<pre><data> (?:<of> )?<eng>|<eng> (?:<of> )+<data>|<eng> (?:<of> )*<datas>|engineer data|ingenieur data",
        "Azure Data Engineer",
    ),
    E(
        "data engineer",
        r"dataingenieur(?:in)?|dateningenieur(?:in)?|datainsinoori|dataingenjor|datakehittaja",
        "Dateningenieur",
    ),
    E("data engineer", r"<data> (?:<dev>|<of> <dev>)|<dev> <of> <data>", "Data Developer"),
    E(
        "data architect",
        r"<pre>(?:<data>|<bigdata>|analytics|database|information) (?:(?:and|/) (?:analytics|<ai>) "
        r"|platforms? |solutions? |integration |cloud )?<architect>",
        "Data Architect",
    ),
    E("data engineer", r"<data> (?:integration|migration|conversion|acquisition)s?", "Data Integration Specialist"),
    E(
        "business intelligence",
        r"(?:<data> )?(?:visuali[sz]ation|report(?:s|ing)?|dashboard)(?: <gap>(?:<head>|designer))",
        "Data Visualization Analyst",
    ),
    E(
        "data analyst",
        r"<pre>(?:big )?<data> (?:and |or |/ |management and )?(?:(?:business|research|insights?"
        r"|operations) )?<analyst>",
        "Data Analyst",
    ),
    E("data engineer", r"<bigdata> <gap>(?:<build>|<analyst>|<specialist>|<consultant>|<boss>)", "ETL Developer"),
    E("data engineer", r"<soft> <gap>(?:<bigdata>|data engineering)", "Software Engineer, Big Data"),
    E("data engineer", r"engineering <boss> <gap><data>", "Engineering Manager, Data"),
    E(
        "business intelligence",
        r"<bi> (?:/ )?(?:<data> |reporting |solutions? |and analytics |report )?(?:<head>|<architect>|modell?er)",
        "BI Developer",
    ),
    E("business intelligence", r"(?:<data> )?analytics (?:<eng>|<dev>)", "Analytics Engineer"),
    E(
        "business intelligence",
        r"(?:<analyst>|<dev>|<eng>|<consultant>) (?:<of> )?(?:<bi>|business intelligence)|bi kehittaja"
        r"|bi asiantuntija",
        "Analista de BI",
    ),
    E(
        "data architect",
        r"<architect> (?:<of> )+<data>|<architect> (?:<of> )*<datas>|architecte data|dataarkkitehti"
        r"|datenarchitekt(?:in)?|dataarkitekt",
        "Arquitecto de Datos",
    ),
    E("data architect", r"<data> model+(?:er|ing|ling)", "Data Modeler"),
    E(
        "database administrator",
        r"<database> <gap>(?:<build>|<analyst>|administra\w+|admin|<specialist>|<consultant>|<boss>)",
        "Database Administrator",
    ),
    E(
        "database administrator",
        r"dba|data administrator|(?:<build>|administra\w+|администратор|адміністратор) (?:<of> )?<database>",
        "DBA",
    ),
    E("database administrator", r"tietokanta\w+|datenbank\w+|databasadministrator", "Datenbankadministrator"),
    E("AI trainer", r"crowd ?source? (?:worker|contributor)", "Crowdsource Worker"),
    E(
        "quantitative analyst",
        r"quantitative <gap>(?:<analyst>|researcher|research|traders?|trading|strategist|<dev>|<eng>|finance"
        r"|risk)|quants?",
        "Quantitative Researcher",
    ),
    E(
        "data analyst",
        r"(?:data|data and|datos|dados) analytics? <gap>(?:<boss>|<specialist>|<consultant>|associate|intern"
        r"|officer)",
        "Data Analytics Manager",
    ),
    E(
        "data analyst",
        r"<analyst> (?:<of> )+<data>|<analyst> (?:<of> )*<datas>|anal[iy]st[ae] data",
        "Analista de Datos",
    ),
    E(
        "data analyst",
        r"data ?analyytikko|datenanalyst(?:in)?|dataanaly(?:st|tiker)|analityk danych|дата аналітик|дата аналитик",
        "Datenanalyst",
    ),
    E(
        "data analyst",
        r"<pre>(?:product|research|insights?|web|digital|analytics|statistical|geospatial|gis|decision|game"
        r"|продуктовий|продуктовый) (?:data )?<analyst>",
        "Product Analyst",
    ),
    E(
        "statistician",
        r"(?:bio)?statisticians?|biostatistics|statisti(?:cal|k) program+er|sas program+er|statistiker(?:in)?"
        r"|statisticien(?:ne)?|estadistic[oa]|estatistic[oa]|statystyk|tilastotieteilija|статистик"
        r"|actuar(?:y|ies|ial)|aktuar|aktuaari|актуарій|актуарий|actuaire|actuario|atuario|econometrician"
        r"|econometrics|statistical <gap>(?:scientist|modell?er|<consultant>|<specialist>)",
        "Statistician",
    ),
)

_SOFTWARE = (
    E(
        "security engineer",
        r"<security> <gap>(?:<head>|<architect>|researcher|tester|hacker|operator|auditor)",
        "Security Engineer",
    ),
    E(
        "security engineer",
        r"(?:<build>|<specialist>|<analyst>|<boss>|administrator) (?:<of> )*<security>|ciso"
        r"|chief information security officer|tietoturva\w+|it sicherheits\w+|sakerhets\w+|pentester"
        r"|penetration tester|secops|devsecops",
        "CISO",
    ),
    E(
        "QA engineer",
        r"(?:<soft>|<dev>|software) (?:/ )?(?:in |<of> )?(?:test|testing|quality|quality assurance|qa)",
        "Software Engineer in Test",
    ),
    E(
        "QA engineer",
        r"(?:<quality>|quality) <gap>(?:<build>|<analyst>|<specialist>|automation|technician)|sdet|testaaja"
        r"|tester|testers|testingenieur(?:in)?|testingenjor|testinsinoori|testausinsinoori",
        "QA Engineer",
    ),
    E(
        "QA engineer",
        r"(?:manual|automation|automated|performance|embedded|game|general|mobile) <quality>|testautomaatio\w*"
        r"|softwaretester(?:in)?",
        "Manual QA",
    ),
    E(
        "QA engineer",
        r"(?:<eng>|<analyst>|<specialist>) (?:<of> )*(?:тестування|тестирования|qa|test|tests|testes|pruebas)",
        "Інженер з тестування",
    ),
    E(
        "site reliability engineer",
        r"(?:site|service|systems?) reliability(?: <build>)?|sre"
        r"|(?:production|performance|reliability) engineer(?:ing)?|<eng> (?:<of> )?(?:site )?reliability",
        "Site Reliability Engineer",
    ),
    E(
        "solutions architect",
        r"(?:devops|cloud|aws|azure|gcp|platform|infrastructure|systems?|software|solutions?|enterprise"
        r"|technical|technology|application|applications|it|integration|business|domain|chief|lead|java"
        r"|dotnet|python|backend|frontend|full ?stack)(?: (?:solutions?|software|systems?|infrastructure"
        r"|platform|native|enterprise|application))* <architect>",
        "Software Architect",
    ),
    E(
        "solutions architect",
        r"<architect> (?:<of> )*(?:software|sistemas?|soluciones|solucoes|logiciel|solutions?|systemow"
        r"|oprogramowania|рішень|решений|систем|cloud)",
        "Architecte logiciel",
    ),
    E(
        "solutions architect",
        r"ohjelmistoarkkitehti|ratkaisuarkkitehti|jarjestelmaarkkitehti|kokonaisarkkitehti"
        r"|softwarearchitekt(?:in)?|losungsarchitekt(?:in)?|systemarkitekt|losningsarkitekt|mjukvaruarkitekt"
        r"|pilviarkkitehti",
        "Ohjelmistoarkkitehti",
    ),
    E(
        "DevOps engineer",
        r"dev ?ops(?: <gap><head>)?|девопс"
        r"|(?:platform|build|release|build and release|build / release|ci cd|kubernetes|deployment"
        r"|automation platform) (?:<build>|<boss>)",
        "DevOps Engineer",
    ),
    E("cloud engineer", r"<cloud> <gap>(?:<build>|<specialist>|<consultant>|<boss>|administrator)", "Cloud Engineer"),
    E(
        "cloud engineer",
        r"<build> (?:<of> )*<cloud>(?: infrastructure)?"
        r"|(?:infrastructure|infra) (?:<build>|<specialist>|<boss>)|pilviasiantuntija|pilvi insinoori",
        "Infrastructure Engineer",
    ),
    E(
        "full-stack developer",
        r"<full> (?:/ )?(?:(?:[^ /]+) ){0,3}(?:<build>|<boss>|<consultant>|tech lead)",
        "Full Stack Developer",
    ),
    E("full-stack developer", r"(?:<soft>|<boss>) (?:/ )?(?:<of> )?(?:[^ /]+ )?<full>", "Developer, full-stack"),
    E(
        "full-stack developer",
        r"full ?stack ?(?:kehittaja|ohjelmistokehittaja|entwickler(?:in)?|utvecklare)|fullstack\w+"
        r"|(?:front ?end|frontend) (?:/|and) (?:back ?end|backend) <build>",
        "Fullstackkehittäjä",
    ),
    E(
        "mobile developer",
        r"<mobile> (?:/ <mobile> )?(?:and <mobile> )?<gap>(?:<build>|<boss>|tech lead)",
        "iOS Developer",
    ),
    E(
        "mobile developer",
        r"<soft> (?:/ )?(?:<of> )?<mobile>|mobiilikehittaja|mobilutvecklare|apputvecklare|mobile розробка"
        r"|app ?entwickler(?:in)?",
        "Developer, mobile",
    ),
    E(
        "embedded developer",
        r"<embedded> <gap>(?:<build>|<architect>|<boss>|<specialist>|technician)",
        "Embedded Developer",
    ),
    E(
        "embedded developer",
        r"<soft> (?:/ )?(?:<of> )?<embedded>|embedded розробка|автоматизации асу",
        "Developer, embedded applications or devices",
    ),
    E("game developer", r"<game> <gap>(?:<build>|tech lead)", "Game Developer"),
    E(
        "game developer",
        r"<soft> (?:/ )?(?:<of> )?<game>|pelikehittaja|peliohjelmoija|spieleentwickler(?:in)?|spelutvecklare|gamedev",
        "Developer, game or graphics",
    ),
    E(
        "blockchain developer",
        r"<chain> <gap>(?:<build>|<architect>|<boss>|<specialist>)|<soft> (?:<of> )?<chain>",
        "Blockchain Developer",
    ),
    E("enterprise software consultant", r"<erp> (?:/ <erp> )*<gap>(?:<head>|<architect>)", "Salesforce Developer"),
    E(
        "enterprise software consultant",
        r"(?:<build>|<consultant>|<specialist>|<analyst>|administrator) (?:<of> )*<erp>|програміст 1с|erp / crm",
        "Consultor SAP",
    ),
    E(
        "front-end developer",
        r"<front> (?:/ )?<gap>(?:<build>|<boss>|<specialist>|tech lead|coder|<consultant>)",
        "Frontend Engineer",
    ),
    E(
        "front-end developer",
        r"<soft> (?:/ )?(?:<of> )?(?:<front>|ui)|frontend(?:kehittaja|entwickler|entwicklerin|utvecklare)"
        r"|ui (?:software )?<build>",
        "Developer, front-end",
    ),
    E(
        "back-end developer",
        r"<back> (?:/ )?<gap>(?:<build>|<boss>|<specialist>|tech lead|<consultant>)",
        "Backend Engineer",
    ),
    E(
        "back-end developer",
        r"<soft> (?:/ )?(?:<of> )?<back>|backend(?:kehittaja|entwickler|entwicklerin|utvecklare)"
        r"|taustajarjestelma\w+",
        "Developer, back-end",
    ),
    E(
        "front-end developer",
        r"<web> (?:application |applications |software |site )?(?:<dev>|<eng>|master)|webmaster"
        r"|<dev> (?:<of> )?(?:web|веб)|webkehittaja|webentwickler(?:in)?|webbutvecklare|web ohjelmoija",
        "Web Developer",
    ),
    E(
        "engineering manager",
        r"(?:software )?(?:engineering|eng) <gap>(?:manager|managers|management|director|head|vp)",
        "Engineering Manager",
    ),
    E(
        "engineering manager",
        r"software (?:development |team )?(?:manager|director|management|supervisor)"
        r"|software (?:development|engineering) lead|(?:development|r and d|it) (?:manager|director|head)"
        r"|technical manager",
        "Software Development Manager",
    ),
    E(
        "engineering manager",
        r"(?:manager|director|head|vp|vice president|svp) (?:<of> )*(?:r and d|software (?:engineering"
        r"|development)|engineering|development)",
        "Director of Engineering",
    ),
    E(
        "engineering manager",
        r"kehityspaallikko|ohjelmistokehityspaallikko|tietohallintopaallikko|it paallikko"
        r"|entwicklungsleiter(?:in)?|leiter(?:in)? (?:software ?)?entwicklung|responsable developpement"
        r"|gerente de (?:desarrollo|ti|engenharia|ingenieria)|coordenador de ti|kierownik dzialu it"
        r"|utvecklingschef|it chef|керівник відділу розробки|руководитель отдела разработки"
        r"|руководитель разработки|начальник отдела разработки",
        "Kehityspäällikkö",
    ),
    E(
        "technology executive",
        r"cto|cio|chief (?:technology|technical|information|executive|digital) officer|ceo|co ?founder|founder"
        r"|technical director|technology director"
        r"|(?:director|head|vp) of technology|senior executive|executive c suite"
        r"|c suite|c level",
        "CTO",
    ),
    E(
        "technology executive",
        r"teknologiajohtaja|tietohallintojohtaja|toimitusjohtaja|geschaftsfuhrer(?:in)?|directeur technique"
        r"|directeur (?:de la )?technologie|director de tecnologia|diretor de tecnologia|dyrektor techniczny"
        r"|teknikchef|technische[rn]? (?:leiter|direktor)|yrittaja|технічний директор|технический директор"
        r"|gerente de tecnologia|fundador[a]?|fondateur|grunder|засновник|основатель",
        "Teknologiajohtaja",
    ),
    E(
        "developer advocate",
        r"developer (?:advocate|relations|evangelist|experience|community)|devrel|developer advocacy"
        r"|(?:technical|tech|ui|ux|ui / ux|api) ?(?:writer|writing|author|documentation)|techwriter"
        r"|tekninen kirjoittaja|technische[r]? redakteur(?:in)?|redacteur technique|redactor tecnico"
        r"|redator tecnico|технічний письменник|технический писатель|technical communicator"
        r"|documentation (?:<eng>|<specialist>)",
        "Technical Writer",
    ),
    E(
        "solutions engineer",
        r"(?:solutions?|sales|pre ?sales|customer|customer success|forward deployed|partner|value|integrations?)"
        r" (?:<eng>|engineering|consultant)(?: <boss>)?|pre ?sales"
        r"|(?:solutions?|integrations?) (?:<specialist>|<consultant>|<analyst>|<boss>)"
        r"|technical account manager|(?:it|software|technical|technology|tech) <consultant>"
        r"|ohjelmistokonsultti|it konsultti",
        "Solutions Engineer",
    ),
    E(
        "IT support",
        r"(?:technical|tech|it|product|customer|application|applications|desktop|production|software|user"
        r"|network|hardware|l1|l2|l3|service|client|systems?|system|cloud"
        r"|data) ?(?:and )?support(?: <gap>(?:<head>|technician|representative|agent))?|it tuki|help ?desk"
        r"|service ?desk|deskside",
        "Technical Support",
    ),
    E(
        "IT support",
        r"support (?:<build>|<analyst>|<specialist>|technician|agent|manager|representative)"
        r"|(?:it|computer|field service|field|network|lab it|pc) (?:technician|<specialist>)"
        r"|field service engineer|it engineer|implementation <head>|it techniker"
        r"|technicien (?:informatique|support)|(?:tecnico|analista) de (?:suporte|soporte|ti)|informatyk"
        r"|служба підтримки"
        r"|(?:спеціаліст|фахівець|инженер|інженер|специалист) (?:технічної |технической )?(?:підтримки"
        r"|поддержки)|техподдержка|it lahituki|supporttekniker",
        "Support Engineer",
    ),
    E(
        "system administrator",
        r"(?:sys|systems?|network|linux|windows|unix|it|server|infrastructure"
        r"|vmware) ?(?:and network )?(?:admin|administrators?|administration)|sysadmin"
        r"|(?:network|systems?|telecom|voip|noc|linux|unix|virtualization|storage|server"
        r"|voice) (?:operations )?(?:<eng>|operator)|system administrator|systems? <specialist>",
        "SysAdmin",
    ),
    E(
        "system administrator",
        r"jarjestelma(?:asiantuntija|yllapitaja|insinoori)|yllapitaja|verkkoasiantuntija"
        r"|systemadministrator(?:in)?|netzwerkadministrator|systemtekniker|fachinformatiker"
        r"|administrateur (?:systeme|reseau|systemes)\w*|administrador de (?:sistemas|redes)"
        r"|administrator systemow|natverkstekniker|системний адміністратор|системный администратор|сисадм[иі]н"
        r"|мережевий інженер|сетевой инженер",
        "Системний адміністратор",
    ),
    E(
        "hardware engineer",
        r"(?:hardware|electronics?|asic|fpga|rtl|vlsi|soc design|chip|silicon|pcb|rf|analog|digital design"
        r"|design verification|physical design|circuit|semiconductor|signal integrity) <gap>(?:<build>"
        r"|designer|<architect>|<boss>|technician)|elektroniikka\w+|hardware|elektronik\w+|інженер електронік"
        r"|инженер электроник",
        "Hardware Engineer",
    ),
    E(
        "business analyst",
        r"(?:(?:business|it)? ?(?:systems?|process|requirements?|functional|business|application|system"
        r"|technical|technology|solution)) (?:(?:/|and|or|process|intelligence and|systems?|functional) )?<analyst>",
        "Business Analyst",
    ),
    E(
        "business analyst",
        r"(?:business|systems?) (?:/|and|or) (?:data|systems?|business) <analyst>",
        "Business/Data Analyst",
    ),
    E(
        "business analyst",
        r"<analyst> (?:<of> )*(?:negocios?|sistemas?|requisitos|processos|procesos|biznesow[ay]|systemow[ay]"
        r"|metier|fonctionnel(?:le)?|d affaires|affaires)|liiketoiminta ?analyytikko|systeemianalyytikko"
        r"|maarittelija|systemanalytiker|wirtschaftsinformatiker(?:in)?|бізнес аналітик|бизнес аналитик"
        r"|системний аналітик|системный аналитик|business ?analytiker(?:in)?|verksamhetsanalytiker"
        r"|kravanalytiker|anforderungs\w+|product owner / business analyst|ba",
        "Бізнес-аналітик",
    ),
)

_MANAGEMENT = (
    E(
        "product manager",
        r"(?:product|tech product) (?:portfolio |line |development )?(?:managers?|management|manger|mgr"
        r"|owners?|lead|leader|director)|chief product officer|cpo|tuotepaallikko|tuoteomistaja"
        r"|produktmanager(?:in)?|produktagare|chef(?:fe)? de produit|gerente de product?o|gerente de produto"
        r"|kierownik produktu|menedzer produktu|продакт (?:менеджер|овнер)|продуктовий менеджер"
        r"|продуктовый менеджер|менеджер продукту|менеджер продукта|gestor de producto",
        "Product Manager",
    ),
    E(
        "project manager",
        r"(?:project|program|programme|delivery|scrum|agile|portfolio|release|pmo|projects|transformation"
        r"|change) (?:and project )?(?:managers?|management|manger|mgr|coordinator|lead|leader|director"
        r"|master|coach|head|officer|administrator|train engineer)|scrum ?master|pmo|agile coach|scrum"
        r"|producer|head of delivery|manager (?:of )?(?:projects?|program|programs)",
        "Project Manager",
    ),
    E(
        "project manager",
        r"projektipaallikko|projektijohtaja|projektleiter(?:in)?|projektmanager(?:in)?|chef(?:fe)? de projets?"
        r"|jefe de proyectos?|gerente de proy?jetos?|gerente de (?:projetos?|proyectos?|programa)"
        r"|coordenador de projetos|gestor de (?:projetos?|proyectos?)|kierownik projektu|projektledare"
        r"|проджект менеджер"
        r"|(?:менеджер|керівник|руководитель) (?:it )?(?:проєктів|проектів|проекту|проєкту|проектов|проекта)"
        r"|directeur de projet|palvelupaallikko",
        "Projektleiter",
    ),
    E(
        "designer",
        r"(?:chief|head|lead) (?:of )?(?:design|designer)"
        r"|(?:ux|ui|user|design|usability) ?(?:/ (?:ui|ux) )?(?:and (?:ui|ux) )?(?:researcher|research|<head>"
        r"|<architect>|director)|art director|creative director|design (?:lead|manager|director|head)|ux"
        r"|ui / ux|ux / ui",
        "UX Researcher",
    ),
    E(
        "designer",
        r"(?:product|graphic|web|visual|game|level|ui|ux|motion|interaction|service|brand|ui / ux|ux / ui"
        r"|industrial|user experience|user interface|narrative|sound|multimedia"
        r"|digital) (?:/ (?:[^ ]+) )?(?:design(?:er)?s?|artist)"
        r"|(?:2d|3d|technical|vfx|concept|environment|character|game|lead|digital|cg) artist|animator|illustrator",
        "Product Designer",
    ),
    E(
        "human resources",
        r"recruit(?:er|ers|ing|ment)|talent (?:acquisition|sourcer|researcher|partner|manager)|sourcer"
        r"|human resources?|hr(?:d|bp)?|people (?:operations|partner|ops|manager|and culture|team)"
        r"|chief people officer|rekrytoija|rekrytointi\w*|henkilosto\w*|personalreferent(?:in)?|personalchef"
        r"|rekryterare|recruteur|recruteuse|ressources humaines|recursos humanos|reclutador[a]?|recrutador[a]?"
        r"|rekruter(?:ka)?|zasobow ludzkich|рекрутер(?:ка)?|ейчар|персоналу|персонала|learning and development"
        r"|l and d|training and development|employer brand(?:ing)?",
        "Recruiter",
    ),
    E(
        "sales",
        r"account (?:manager|executive|director|management)"
        r"|sales <gap>(?:manager|executive|representative|director|rep|associate|<specialist>|lead|head)"
        r"|customer (?:success|service|care|experience)(?: <gap>(?:manager|representative|<specialist>|agent"
        r"|lead))|business development(?: (?:<head>|representative|executive))?|lead gen(?:eration)?"
        r"|myyntipaallikko|myyja|asiakaspaallikko|asiakaspalvel\w+|vertriebs\w*|kundenberater(?:in)?"
        r"|commercial(?:e)? manager|ejecutivo de (?:ventas|cuentas)|gerente (?:comercial|de ventas|de vendas)"
        r"|vendedor[a]?|sprzedawca|przedstawiciel handlowy|saljare"
        r"|менеджер (?:з продажу|по продажам|з продажів)|pre sales manager",
        "Sales Manager",
    ),
    E(
        "marketing",
        r"(?:product |digital |content |email |growth |performance |brand |field "
        r"|social media )*marketing <gap>(?:<head>|<analyst>|executive|assistant|technologist)"
        r"|social media <gap><head>|seo(?: <gap><head>)?|ppc|smm"
        r"|content (?:manager|writer|creator|strategist|marketer|specialist|editor|lead|designer)|copy ?writer"
        r"|community manager|event manager|head of pr|brand (?:manager|strategist|<specialist>)|pr manager"
        r"|public relations|communications? (?:manager|<specialist>|lead|officer)|user acquisition"
        r"|affiliate manager|link ?builder|cmo|media buyer|journalist|editor|markkinoi\w+|viestinta\w*"
        r"|sisallontuottaja|маркетолог(?:иня)?|копірайтер|копирайтер|marknads\w*|redacteur web"
        r"|growth (?:manager|hacker|lead)",
        "Content Manager",
    ),
    E(
        "finance and operations",
        r"(?:finance|financial|fp and a|accounting|operations|business operations|compliance|legal"
        r"|procurement|logistics|supply chain|risk|credit|credit risk|fraud|audit|investment|investments?"
        r"|pricing|treasury|tax|budget|revenue|office|administrative|regulatory|equity|aml|billing|payroll"
        r"|inventory|purchasing|portfolio|claims|underwriting|trade|trading|demand|workforce"
        r"|business) <gap>(?:<head>|<analyst>|assistant|clerk|counsel|controller|auditor|planner)",
        "Financial Analyst",
    ),
    E(
        "finance and operations",
        r"accountants?|bookkeeper|auditor|controller|lawyer|attorney|paralegal|counsel|cfo|coo"
        r"|chief (?:financial|operating) officer|chief of staff|office manager|secretary|receptionist"
        r"|assistant manager|(?:executive|personal|administrative|virtual) assistant|data entry(?: [^ /]+)?"
        r"|clerk|kirjanpitaja|toimistotyontekija|buchhalter(?:in)?|comptable|contador[a]?|contable|ksiegow[ay]"
        r"|ekonom|ekonomiassistent|бухгалтер|юрист|офіс менеджер|офис менеджер|фінансист|financial planner"
        r"|banker|underwriter|trader|analyste financier|analista financier[oa]|finanz\w+",
        "Accountant",
    ),
    E(
        "teaching",
        r"teachers?|professors?|lecturers?|instructors?|tutors?|educators?|trainers?|faculty"
        r"|teaching assistant|opettaja|lehtori|professori|kouluttaja|lehrer(?:in)?|dozent(?:in)?"
        r"|enseignant(?:e)?|professeur[e]?|formateur|formatrice|profesor[a]?|docente|professora"
        r"|nauczyciel(?:ka)?|wykladowca|larare|lektor|викладач(?:ка)?|вчитель(?:ка)?|преподаватель|учитель",
        "Lecturer",
    ),
    E(
        "academic researcher",
        r"(?:academic|university|doctoral|phd|postdoctoral|postdoc) <gap>(?:researcher|fellow|student"
        r"|candidate|associate|scholar)|post ?doc(?:toral)?(?: (?:researcher|fellow|associate))?"
        r"|research (?:associate|assistant|fellow|staff|intern|technician|coordinator|specialist|professor"
        r"|scholar)|phd|vaitoskirjatutkija|tohtorikoulutettava|doktorand(?:in)?|doctorant(?:e)?|doctorando"
        r"|doktorant|wissenschaftliche[r]? mitarbeiter(?:in)?|аспірант|аспирант|науковий співробітник"
        r"|научный сотрудник|forskare",
        "Research Associate",
    ),
    E(
        "other occupation",
        r"(?:registered )?nurse|physician|doctor|pharmacist|chemist|biologist|computational biologist"
        r"|bioinformatic(?:s|ian)(?: <gap>(?:scientist|<analyst>|<build>|<boss>|<specialist>))?|epidemiologist"
        r"|economist|geologist|meteorologist|physicist|psychologist|driver|cashier|chef cook|waiter"
        r"|warehouse (?:worker|operative|associate)|electrician|translator|interpreter|photographer"
        r"|police officer|librarian|machinist|welder|social worker|dentist|therapist|geoscientist"
        r"|clinical research (?:associate|coordinator)|veterinarian|agronomist|sairaanhoitaja|laakari"
        r"|krankenpfleger(?:in)?|arzt|infirmier|infirmiere|medecin|enfermer[oa]|medic[oa]|pielegniarka|lekarz"
        r"|sjukskoterska|lakare|медсестра|лікар|врач|водій|водитель|перекладач(?:ка)?|переводчик|localization <head>",
        "Registered Nurse",
    ),
    E(
        "engineer of another kind",
        r"(?:mechanical|civil|chemical|electrical|process|manufacturing|industrial|aerospace|structural"
        r"|environmental|field|geotechnical|petroleum|biomedical|materials?|nuclear|project|maintenance"
        r"|optical|thermal|mechatronics|automotive|energy|power|hvac|marine|facilities|construction|reservoir"
        r"|drilling|mining|agricultural|propulsion|packaging|tooling|water|highway|transportation|traffic"
        r"|design|non software|sound|audio|safety) (?:design |systems |project |quality )?(?:<eng>"
        r"|engineering)(?: (?:<boss>|technician))?|engineer non software",
        "Mechanical Engineer",
    ),
    E(
        "engineer of another kind",
        r"kone(?:insinoori|suunnittelija)|sahko(?:insinoori|suunnittelija)|rakennusinsinoori|maschinenbau\w*"
        r"|bauingenieur(?:in)?|elektroingenieur(?:in)?|verfahrensingenieur(?:in)?"
        r"|ingenieur (?:mecanique|civil|electrique|procedes)"
        r"|ingenier[oa] (?:mecanic[oa]|civil|electric[oa]|industrial|quimic[oa])"
        r"|engenheir[oa] (?:mecanic[oa]|civil|eletric[oa]|quimic[oa]|de producao)"
        r"|inzynier (?:mechanik|budowy|elektryk|procesu)|maskiningenjor|civilingenjor|elingenjor"
        r"|інженер (?:механік|будівельник|електрик|конструктор)"
        r"|инженер (?:механик|строитель|электрик|конструктор|технолог)",
        "Bauingenieur",
    ),
)

_DEVELOPERS = (
    E("software engineer", r"<lang> (?:<lang> |/ <lang> )*(?:development )?<build>", "Software Engineer"),
    E(
        "software engineer",
        r"<build> (?:<of> )*(?:software|sistemas|systems?|logiciels?|oprogramowania|aplicaciones"
        r"|applications?|aplicacoes|python|java|csharp|cpp|dotnet|golang|php|программного обеспечения"
        r"|програмного забезпечення|по|пз|desktop)",
        "Ingeniero de Software",
    ),
    E(
        "software engineer",
        r"ohjelmisto(?:kehittaja|insinoori|suunnittelija|kehitys|asiantuntija)|ohjelmoija|koodari"
        r"|software ?(?:entwickler|ingenieur)(?:in)?|anwendungsentwickler(?:in)?"
        r"|mjukvaru(?:utvecklare|ingenjor)|systemutvecklare|ingenieur logiciel"
        r"|ingenieur (?:d )?etudes? (?:et )?developpement|informaticien(?:ne)?|informatiker(?:in)?"
        r"|programmer / analyst|(?:program+er) <analyst>"
        r"|<analyst> (?:program+er|programador[a]?|programmeur|desarrollador[a]?)"
        r"|member of (?:the )?technical staff|mts|computer scientist"
        r"|software (?:architect|designer|specialist|professional)|jarjestelmakehittaja"
        r"|jarjestelmasuunnittelija|sovelluskehittaja|sovellussuunnittelija",
        "Ohjelmistokehittäjä",
    ),
)

# Fields, where only the field is said ---------------------------------------------------------------------------

FIELDS = (
    E("data manager", r"<boss> (?:<of> )*<data> (?:and|/) (?:<ai>|analytics?)", "Head of Data & AI"),
    E("data scientist", r"<ds>", "Data Science"),
    E("machine learning engineer", r"<ai>", "Director of Machine Learning"),
    E("data engineer", r"data engineering|<bigdata>", "Data Platform"),
    E("business intelligence", r"<bi>|(?:data )?visuali[sz]ation|reporting|raportointi", "Business Intelligence"),
    E("data manager", r"data ethics|data literacy", "Data Ethics"),
    E(
        "data analyst",
        r"(?:<data> |product |web |people |marketing |business )?analytics?(?: and insights?)?|insights?"
        r"|data analysis|analytiikka|аналітика",
        "Head of Analytics",
    ),
    E("data manager", r"privacy|data protection", "Privacy Analyst"),
    E("database administrator", r"databases?|sql", "Databases"),
    E("security engineer", r"<security>", "Cybersecurity"),
    E("QA engineer", r"<quality>", "QA Lead"),
    E("DevOps engineer", r"platform engineering|platform|ci cd", "Platform"),
    E("cloud engineer", r"<cloud>|cloud infrastructure|infrastructure", "Head of Infrastructure"),
    E("full-stack developer", r"<full>", "Full Stack"),
    E("front-end developer", r"<front>", "Front-end"),
    E("back-end developer", r"<back>", "Back-end"),
    E("mobile developer", r"<mobile>", "Mobile"),
    E("embedded developer", r"embedded|robotics|firmware", "Robotics"),
    E("blockchain developer", r"blockchain|web3", "Blockchain"),
    E("enterprise software consultant", r"<erp>", "CRM"),
    E("hardware engineer", r"fpga|asic|electronics", "Electronics"),
    E("software engineer", r"ohjelmistokehitys|softwareentwicklung|software", "Software"),
    E(
        "designer",
        r"designers?|product design|design|muotoilija|palvelumuotoilija|kayttoliittymasuunnittelija|graafikko"
        r"|gestalter(?:in)?|grafiker(?:in)?|concepteur|conceptrice|graphiste|disenador[a]?|grafik|grafico"
        r"|projektant(?:ka)?|formgivare|дизайнер(?:ка)?|художник|artist",
        "Designer",
    ),
    E("marketing", r"marketing|communications?|branding|growth|seo", "Head of Marketing"),
    E("human resources", r"people|talent|hr", "Head of People"),
    E("sales", r"sales|ventas|vendas|myynti|commercial|customer success|partnerships?", "Sales"),
    E("IT support", r"support|technician|tuki", "Support"),
    E(
        "finance and operations",
        r"finance|financial|accounting|legal|operations|procurement|supply chain|logistics|compliance|risk"
        r"|fraud|audit|pricing",
        "Director of Operations",
    ),
    E(
        "academic researcher",
        r"researchers?|tutkija|forscher(?:in)?|chercheur(?:euse)?|chercheuse|investigador[a]?|pesquisador[a]?"
        r"|badacz|дослідни[кц]я?|исследователь",
        "Researcher",
    ),
)

# Bare words: the field is not said --------------------------------------------------------------------------------

BARE = (
    E(
        "technical lead",
        r"(?:tech|technical|technology|team|engineering|development) ?(?:leads?|leader|leadership)|teamlead"
        r"|techlead|tiimi(?:n)?vetaja|tekninen vetaja|teamleiter(?:in)?|teamleader|chef d equipe"
        r"|lider (?:tecnico|de equip[oe])|technische[r]? leiter(?:in)?|lider techniczny|lider zespolu"
        r"|teamledare|gruppchef|тімлід|тимлид|техлід|техлид|лід команди",
        "Tech Lead",
    ),
    E("solutions architect", r"<architect>", "Architect"),
    E("software engineer", r"<person>", "Developer"),
    E("data manager", r"<boss> (?:<of> )*<data>", "Head of Data"),
    E("data analyst", r"<analyst> (?:<of> )*<data>", "Analyst, Data"),
    E("product manager", r"<boss> (?:<of> )*products?", "Head of Product"),
    E("engineering manager", r"<boss> (?:<of> )*(?:it|engineering|r and d|development)", "Manager, IT"),
    E(
        "management consultant",
        r"<consultant>|strategists?|strategy|unternehmensberater(?:in)?|liikkeenjohdon konsultti"
        r"|management consultant",
        "Consultant",
    ),
)

TIERS = ((*_CORE_AI, *_DATA, *_SOFTWARE, *_MANAGEMENT, *_DEVELOPERS), FIELDS, BARE)

# Skill areas ------------------------------------------------------------------------------------------------------

_AI, _CLOUD, _SECURITY, _DATA_AREA, _ARCHITECTURE = SKILL_AREAS

AREA_WORDS: dict[str, str] = {
    _AI: r"<ai>|<ds>|(?:ml|ai|llm) ?ops|(?:applied|decision) scientist|chatbot",
    _CLOUD: r"<cloud>|mlops|ml ops|dev ?ops|devsecops|kubernetes|docker|terraform|platform engineer(?:ing)?|sre"
    r"|site reliability|infrastructure|девопс|cloud infrastructure",
    _SECURITY: r"<security>|ciso|pentester|tietoturva\w+",
    _DATA_AREA: r"<data> (?:(?:<of> )?(?:<head>|<architect>)|(?:and|/|or) [^ ]+ (?:<head>|<architect>)|model+(?:er"
    r"|ing|ling)"
    r"|analytics?|analysis|engineering|platforms?|pipelines?|management|governance|quality|operations|integration"
    r"|infrastructure|visuali[sz]ation|products?|strategy|migration|entry|reporting|steward|[^ /]+ <analyst>)"
    r"|(?:<eng>|<analyst>|<dev>|<architect>) (?:<of> )*<data>|analytics?|<bi>|<bigdata>|<database>|dba"
    r"|data(?:analyytikko|insinoori|ingenieur|ingenjor|analyst|analytiker|arkkitehti|kehittaja)\w*|datenanalyst\w*"
    r"|statistic(?:s|al|ian)",
    _ARCHITECTURE: r"<architect>|(?:site )?reliability|sre|\w+arkkitehti|\w+architekt(?:in)?|\w+arkitekt",
}
"""Words in a title that name an area, whatever role it has."""

TOOLS: dict[str, tuple[str, ...]] = {
    _AI: (
        *("pytorch", "tensorflow", "keras", "scikit-learn", "scikit learn", "sklearn", "mxnet", "theano", "xgboost"),
        *("lightgbm", "catboost", "hugging face", "hugging face transformers", "huggingface", "transformers", "nltk"),
        *(
            "spacy",
            "opencv",
            "langchain",
            "llamaindex",
            "openai",
            "jax",
            "torch/pytorch",
            "mlflow",
            "datarobot",
            "caffe",
        ),
        *(
            "fast.ai",
            "watson",
            "sagemaker",
            "vertex ai",
            "azure machine learning",
            "kubeflow",
            "machine learning",
            "nlp",
        ),
        *("deep learning", "llm", "computer vision", "rasa", "opennn", "pytorch lightning", "ollama"),
    ),
    _CLOUD: (
        *("aws", "amazon web services", "amazon web services (aws)", "azure", "microsoft azure", "gcp", "google cloud"),
        *("google cloud platform", "kubernetes", "docker", "terraform", "ansible", "puppet", "chef", "pulumi", "helm"),
        *(
            "jenkins",
            "openstack",
            "openshift",
            "vmware",
            "ibm cloud",
            "ibm cloud or watson",
            "oracle cloud infrastructure",
        ),
        *("oracle cloud infrastructure (oci)", "digitalocean", "digital ocean", "heroku", "linode", "ovh", "hetzner"),
        *(
            "mlflow",
            "kubeflow",
            "sagemaker",
            "gitlab ci",
            "argocd",
            "podman",
            "cloudflare",
            "netlify",
            "vercel",
            "fly.io",
        ),
        *("docker compose", "github actions", "circleci", "cloud"),
    ),
    _SECURITY: (
        *("burp suite", "metasploit", "wireshark", "nessus", "kali linux", "snort", "qradar", "crowdstrike", "vault"),
        *("security", "cybersecurity", "penetration testing", "siem", "owasp", "okta", "snyk", "wazuh", "nmap"),
    ),
    _DATA_AREA: (
        *(
            "sql",
            "spark",
            "apache spark",
            "pyspark",
            "hadoop",
            "kafka",
            "apache kafka",
            "airflow",
            "apache airflow",
            "dbt",
        ),
        *(
            "snowflake",
            "databricks",
            "databricks sql",
            "redshift",
            "bigquery",
            "tableau",
            "power bi",
            "powerbi",
            "looker",
        ),
        *(
            "qlik",
            "qlikview",
            "qlik sense",
            "ssis",
            "ssrs",
            "alteryx",
            "informatica",
            "talend",
            "pandas",
            "numpy",
            "dax",
        ),
        *(
            "microstrategy",
            "cognos",
            "hive",
            "flink",
            "beam",
            "presto",
            "trino",
            "duckdb",
            "polars",
            "sas",
            "spss",
            "r",
        ),
        *("tidyverse", "dplyr", "ggplot2", "rshiny", "clickhouse", "cassandra", "nifi", "etl"),
    ),
    _ARCHITECTURE: (
        *("prometheus", "grafana", "datadog", "new relic", "splunk", "pagerduty", "opentelemetry", "istio", "jaeger"),
        *("microservices", "system design", "sre", "nagios", "zabbix", "elk", "consul", "envoy"),
    ),
}
"""Skills and tools, in lower case, that name an area; one tool may name two."""

CROSSWALK = Crosswalk("2026-11", READING, WORDS, TIERS, AREA_WORDS, TOOLS)
