"""Own words: what columns and answers are called in nine languages, and the match of a text against them.

English, Finnish, Ukrainian, Russian, German, French, Spanish, Swedish and Polish. A ``*`` stands for any
letters. These words make first drafts of mappings that a person reads and confirms; no source is cleaned by them.
Of cells only the words of a currency are read, of the one that the mapping states.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache

import polars as pl

from salarylab.records.countries import CODES as COUNTRY_NAMES

COLUMNS: Mapping[str, str] = {
    "weight": "weight | weights | wgt | pweight | paino | painokerroin | gewicht* | gewichtung | pondération | poids"
    " | ponderación | factor de expansión | vikt | waga | вага | вес",
    "cluster": "cluster | psu | primary sampling unit",
    "education": "education* | degree* | qualification* | edu | educ | highest degree | level of education | koulutus*"
    " | tutkinto* | освіт* | образован* | *abschluss* | bildung* | schulbildung | diplôme* | études | formation"
    " | niveau d études | educación | titulación | estudios | nivel educativo | utbildning* | examen | wykształceni*",
    "field_of_study": "field of study | major | discipline | koulutusala | opintoala | спеціальність за освітою"
    " | studienfach | fachrichtung | domaine d études | campo de estudio | studieinriktning | kierunek studiów",
    "experience_years": "experience | years of experience | yoe | yrs | years experience | professional experience"
    " | *kokemus*"
    " | työvuo* | työkokemus* | досвід* | стаж* | опыт* | *erfahrung* | berufsjahre | expérience*"
    " | années d expérience | experiencia | años de experiencia | erfarenhet* | yrkeserfarenhet* | doświadczeni*"
    " | lata doświadczenia | years",
    "age": "age | ikä | ikäryhmä | вік | возраст | alter | altersgruppe | âge | edad | ålder | wiek",
    "gender": "gender | sex | sukupuoli | стать | пол | geschlecht | genre | sexe | género | sexo | kön | płeć",
    "title": "title | job title | position | tehtävänimike | nimike | ammattinimike | посада | должность"
    " | *bezeichnung"
    " | berufsbezeichnung | stelle | intitulé* | poste | puesto | cargo | titel | yrkestitel | stanowisko",
    "role": "role | occupation | job | profession | rooli | ammatti | työtehtävä | роль | професія | профессия | rolle"
    " | beruf | tätigkeit | métier | rôle | profesión | ocupación | rol | yrke | roll | zawód | rola",
    "seniority": "seniority* | level | job level | career level | grade | senioriteetti | kokemustaso | рівень"
    " | уровень"
    " | грейд | karrierestufe | senioritätsstufe | séniorité | niveau | nivel | senioritet | poziom",
    "track": "track | manager | people manager | leads people | esihenkilö | esimies | керівник | руководитель"
    " | führungsverantwortung | führungskraft | encadrement | responsable d équipe | jefe | chef | kierownik",
    "employment": "employment | employment type | contract type | type of employment | työsuhde* | työsuhteen*"
    " | зайнятість"
    " | тип зайнятості | занятость | beschäftigungs* | anstellungs* | vertragsart | type de contrat | contrat"
    " | tipo de contrato | jornada | anställning* | forma zatrudnienia | umowa",
    "tenure_years": "tenure | years at company | years with employer | vuodet nykyisellä* | стаж на поточному*"
    " | betriebszugehörigkeit | ancienneté | antigüedad | anställningstid | staż w firmie",
    "hours_weekly": "hours | hrs | weekly hours | hours per week | hours a week | viikkotunnit | työtunnit"
    " | viikkotyöaika"
    " | годин на тиждень | часов в неделю | wochenstunden | stunden pro woche | arbeitszeit | heures par semaine"
    " | heures hebdomadaires | horas semanales | horas por semana | timmar per vecka | veckotimmar"
    " | godziny tygodniowo | godzin tygodniowo",
    "full_year": "full year | weeks worked | weeks | koko vuosi | työviikot | повний рік | ganzjährig"
    " | semaines travaillées"
    " | semanas trabajadas | hela året | cały rok",
    "country": "country | country of work | maa | työmaa | країна | страна | land | pays | país | kraj",
    "residence_country": "country of residence | residence country | asuinmaa | країна проживання | страна проживания"
    " | wohnland | pays de résidence | país de residencia | bosättningsland | kraj zamieszkania",
    "region": "region | state | province | city | location | paikkakunta | kaupunki | maakunta | sijainti | місто"
    " | регіон"
    " | город | регион | stadt | bundesland | ort | standort | ville | région | ciudad | provincia | región | stad"
    " | län | ort | miasto | województwo",
    "work_mode": "work mode | remote | remote work | work* from home | wfh | works from | workplace"
    " | work arrangement | etätyö*"
    " | työskentelytapa"
    " | työmuoto | віддален* | формат роботи | формат работы | удален* | удалён* | arbeitsmodell | homeoffice"
    " | home office | arbeitsort | télétravail | mode de travail | teletrabajo | modalidad | remoto | distansarbete"
    " | arbetsplats | tryb pracy | praca zdalna",
    "remote_share": "remote share | share remote | percent remote | remote percent | etätyön osuus | etätyöprosentti"
    " | homeoffice anteil | part de télétravail | porcentaje de teletrabajo | andel distans* | udział pracy zdalnej",
    "industry": "industry | sector | branch | toimiala | галузь | індустрія | отрасль | branche | wirtschaftszweig"
    " | secteur*"
    " | sector económico | industria | bransch | branża",
    "domains": "domain | domains | product domain | домен | домени",
    "org_size": "company size | org size | organisation size | organization size | employees | headcount"
    " | yrityksen koko"
    " | henkilöstömäärä | розмір компанії | размер компании | unternehmensgröße | firmengröße | mitarbeiterzahl"
    " | taille de l entreprise | effectif | tamaño de la empresa | företagsstorlek | antal anställda"
    " | wielkość firmy",
    "org_kind": "company type | org kind | employer type | type of company | organisation type | työnantajatyyppi"
    " | yritystyyppi | тип компанії | тип компании | unternehmensart | unternehmenstyp | type d entreprise"
    " | tipo de empresa | företagstyp | typ firmy",
    "employer": "employer | company | company name | työnantaja | yritys | компанія | роботодавець | компания"
    " | работодатель"
    " | arbeitgeber | unternehmen | firma | entreprise | employeur | empresa | arbetsgivare | företag"
    " | pracodawca",
    "skills": "skills | tools | technologies | languages | programming languages | stack | tech stack | taidot"
    " | teknologiat"
    " | ohjelmointikielet | навички | технології | мови програмування | навыки | технологии | kenntnisse"
    " | technologien | fähigkeiten | compétences | outils | habilidades | tecnologías | herramientas | färdigheter"
    " | verktyg | umiejętności | technologie",
    "ai_use": "ai use | ai tools | uses ai | ai usage | use of ai | tekoälyn käyttö | використання ші | ki nutzung"
    " | usage ia | uso de ia | ai användning",
}
"""What columns are called, by canonical column."""

PAY = (
    "salary | pay | wage | wages | income | earnings | compensation | comp | rate | зп | palkka* | *palkka | *palkkasi"
    " | kuukausiansio"
    " | ansiot | зарплат* | заробітн* | оплата | дохід | заработ* | *gehalt* | *lohn* | *vergütung | verdienst*"
    " | einkommen | salaire* | rémunération | revenu | sueldo | salario* | remuneración | ingresos | lön | *lön"
    " | inkomst"
    " | wynagrodzeni* | pensja | zarobki | płaca"
)
PARTS: Mapping[str, str] = {
    "bonus": "bonus* | tulospalkkio* | *bonus | бонус* | преми* | премі* | prämie* | prime* | prima | premia"
    " | provision"
    " | variable | *bonukset",
    "equity": "equity | stock* | rsu* | shares | options | osakkeet | optiot | акції | акции | aktien | actions"
    " | acciones"
    " | aktier | akcje",
    "base": "base | base salary | base pay | basic | peruspalkka | kuukausipalkka | grundgehalt | fixgehalt"
    " | оклад | ставка"
    " | salaire de base | salaire fixe | salario base | grundlön | podstawa",
}
TOTAL = (
    "total compensation | total comp | total pay | total cash | tc | kokonaispalkka | gesamtvergütung | totale | total"
)
LOW = (
    "min | minimum | from | low | lower | alin | alkaen | minimi | від | мін | от | мин | von | ab | de | desde"
    " | från | lägst | od"
)
HIGH = "max | maximum | to | high | upper | ylin | asti | maksimi | до | макс | bis | à | hasta | till | högst | do"
GROSS = "gross | brutto | bruttopalkka | *brutto* | before tax* | брутто | до сплати податків | brut | brute | bruto"
NET = "net | netto | *netto* | after tax* | take home | take-home | нетто | на руки | чистими | nette | neto | netos"

PERIODS: Mapping[str, str] = {
    "hour": "hour* | hourly | per hour | tunti* | tunnissa | tuntipalkka | годин* | час | в час | stunde* | stündlich"
    " | stundenlohn | heure | horaire | hora | timme* | timlön | godzin*",
    "day": "day | daily | per day | day rate | päivä* | день | денна | tag | tagessatz | jour | tjm | día | dag"
    " | dzień",
    "week": "week | weekly | per week | viikko* | тиждень | неделя | woche* | wöchentlich | semaine | semana"
    " | vecka | tydzień",
    "month": "month | monthly | per month | mo | kk | kuukau* | міс | мес | місяц* | місяч* | месяц* | месяч* | monat*"
    " | *monats* | mois"
    " | mensuel* | mes | mensual* | månad* | *månads* | miesiąc | miesięczn* | mies",
    "year": "year | yearly | annual* | per year | pa | vuosi* | vuodessa | рік | річн* | год | годов* | jahr*"
    " | jährlich"
    " | *jahres* | par an | l an | € an | eur an | annuel* | año | anual* | år | års* | *årslön | rok | roczn*",
}
YEARS = (
    "year | survey year | wave | date | timestamp | submitted | submitted at | created at | vuosi | päivämäärä"
    " | aikaleima"
    " | vastausaika | рік | дата | позначка часу | год | отметка времени | jahr | datum | zeitstempel | année"
    " | date de réponse"
    " | horodateur | año | fecha | marca temporal | år | tidsstämpel | rok | data | sygnatura czasowa"
)
PERIOD = (
    "period | pay period | frequency | per | paid | palkkakausi | jakso | період | период | zeitraum | période"
    " | periodo | okres"
)
CODES: Mapping[str, str] = {
    "EUR": "eur | euro | euros | euroa | e | €",
    "USD": "usd | dollar | dollars | us dollar | us$ | $ | долари | доллары",
    "GBP": "gbp | pound | pounds | £",
    "UAH": "uah | грн | гривня | гривень | hryvnia | ₴",
    "PLN": "pln | zł | zloty | złotych | złoty",
    "SEK": "sek | svenska kronor | kronor | kr",
    "NOK": "nok | norske kroner | kroner | kr",
    "DKK": "dkk | danske kroner | kroner | kr",
    "CHF": "chf | franken | fr",
    "RUB": "rub | руб | рублей | рубль | ₽",
    "JPY": "jpy | yen | ¥",
    "INR": "inr | rupees | ₹",
    "CAD": "cad",
    "AUD": "aud",
    "CZK": "czk | kč",
}

NOTHING = (
    "prefer not to say | prefer not | no answer | not stated | refused | don t know | dont know | unknown | missing"
    " | n a | en halua* | ei vastausta | ei vastattu | en osaa sanoa | ei tietoa | не хочу* | не відповім"
    " | немає відповіді | не знаю"
    " | нет ответа | н д | нд | немає даних | нет данных | keine angabe* | ohne angabe | keine antwort | k a"
    " | ka | weiß nicht | ne souhaite pas* | sans réponse | ne sait pas"
    " | prefiero no* | sin respuesta | no sabe | vill inte* | vet ej | inget svar | odmowa | brak odpowiedzi"
    " | nie wiem"
)
"""Answers that answer nothing."""

LEVELS: Mapping[str, Mapping[str, str]] = {
    "education": {
        "below secondary": "elementary | primary | peruskoulu* | hauptschul* | grundskola | collège | primaria"
        " | podstawowe"
        " | below secondary | lower secondary | less than high school | some high school | no high school*"
        " | no qualification* | isced 0 | isced 1 | isced 2 | sekundarstufe i | secundaria obligatoria"
        " | неповна середня | базова середня | неполное среднее | основное общее | gimnazj*",
        "secondary": "high school | secondary | secondary school | isced 3 | lukio* | ylioppila*"
        " | ammattikoulu* | ammatillinen*"
        " | toisen asteen* | abitur | ausbildung | lehre | berufsausbildung"
        " | baccalauréat"
        " | lycée | cap | bachillerato | secundaria | fp | gymnasi* | gymnasium | średnie | liceum | matura | zawodowe"
        " | загальна середня | середня | середня спеціальна | среднее | среднее специальное",
        "some college": "some college* | some university* | no degree | college dropout | studies not finished"
        " | незакінчена вища | неповна вища | незаконченное высшее | неполное высшее | studium abgebrochen"
        " | keskeneräi* | kesken",
        "associate": "associate* | opistoaste* | молодший спеціаліст | молодший бакалавр | bts | dut | deug"
        " | grado superior | isced 5 | meister* | techniker*",
        "bachelor": "bachelor* | bsc | ba | bs | beng | bba | undergraduate | kandidaatti* | kandi | amk"
        " | ammattikorkea*"
        " | alempi korkeakoulu* | insinööri amk | insinööri | tradenomi | бакалавр* | fh | licence | bac 3 | grado"
        " | licenciatura | diplomatura | kandidat* | högskoleexamen | licencjat* | inżynier* | isced 6",
        "master": "master* | msc | ma | ms | mba | meng | postgraduate | maisteri* | ylempi korkeakoulu* | ylempi amk"
        " | diplomi insinööri | dipl insinööri | diplomi-insinööri | di | fm | ktm | магістр* | магистр* | спеціаліст"
        " | специалист | diplom | dipl ing | magister* | bac 5 | máster* | civilingenjör* | isced 7",
        "professional": "jd | md | professional degree | juris doctor | staatsexamen",
        "professional or doctorate": "professional degree jd md phd*",
        "doctorate": "doctor* | phd | dphil | dr | doctorate | tohtori* | lisensiaatti* | кандидат наук | доктор*"
        " | phd* | promotion | promoviert | doktor* | doctorat | doctorado"
        " | isced 8",
    },
    "gender": {
        "female": "female | woman | women | f | w | nainen | жінка | жіноча | женщина | женский | frau | weiblich"
        " | femme"
        " | féminin | mujer | femenino | kvinna | kobieta",
        "male": "male | man | men | m | mies | чоловік | чоловіча | мужчина | мужской | mann | männlich | homme"
        " | masculin"
        " | hombre | masculino | mężczyzna",
        "another": "other | another | non binary | nonbinary | diverse | muu | muunsukupuolinen | інше | інша"
        " | другое | divers"
        " | autre | otro | annat | inna",
    },
    "seniority": {
        "intern": "intern* | trainee | harjoittelija* | praktikant* | stagiaire | becario | стажер | стажёр | staż*",
        "junior": "junior* | entry | entry level | graduate | jr | juniori | джуніор | джуниор | berufseinsteiger"
        " | débutant"
        " | młodszy",
        "mid": "mid* | middle* | intermediate | mid level | mid senior | regular | keskitaso | мідл | миддл | confirmé"
        " | semi senior",
        "senior": "senior* | sr | seniori | сеньйор | синьор | сеньор | sénior | expérimenté | starszy",
        "staff": "staff | principal | distinguished | expert",
        "lead": "lead* | team lead | tech lead | tiiminvetäjä | лід | лид | тімлід | тимлид | teamleiter* | lider",
        "head": "head* | head of | director | johtaja | директор | leiter | directeur | jefe | kierownik",
        "executive": "executive | c level | cto | ceo | cxo | vp | toimitusjohtaja | geschäftsführer* | dirigeant",
    },
    "track": {
        "individual contributor": "ic | individual contributor | no | ei | ні | нет | nein | non | nej | nie | expert",
        "manager": "manager | people manager | yes | kyllä | так | да | ja | oui | sí | tak | management | lead",
    },
    "employment": {
        "full-time": "full time | fulltime | full-time | permanent full time | kokoaikainen | kokopäiväinen"
        " | повна зайнятість"
        " | повний день | полная занятость | vollzeit | temps plein | cdi | tiempo completo"
        " | jornada completa | heltid"
        " | pełny etat | umowa o pracę",
        "part-time": "part time | parttime | part-time | osa aikainen | osa-aikainen | часткова зайнятість"
        " | неповний день"
        " | частичная занятость | teilzeit | temps partiel | tiempo parcial | media jornada | deltid | część etatu",
        "employed": "employed | employee | palkansaaja | angestellt* | salarié* | empleado* | anställd",
        "contract": "contract* | contractor | b2b | konsultti | gig",
        "temporary": "temporary | fixed term | määräaikainen | befristet | cdd | temporal | visstid | umowa zlecenie",
        "internship": "internship | intern | trainee | harjoittelu | praktikum | stage | prácticas | praktik",
        "freelance": "freelance* | фріланс* | фриланс* | freiberufl* | autónomo | frilans*",
        "self-employed": "self employed | self-employed | yrittäjä | фоп | підприємець | предприниматель"
        " | selbständig*"
        " | selbstständig* | indépendant | egenföretagare | działalność",
        "student": "student* | full time student | part time student | opiskelija | студент* | étudiant* | estudiante",
        "not working": "unemployed | not employed | not working | työtön | безробітн* | безработн*"
        " | arbeitslos | chômage"
        " | desempleado"
        " | arbetslös | bezrobotn*",
    },
    "work_mode": {
        "on-site": "on site | onsite | office | in office | in person | lähityö | toimisto*"
        " | läsnä*"
        " | toimistolla | офіс* | в офісі | офис* | в офисе | büro | vor ort | präsenz | sur site"
        " | présentiel | bureau"
        " | oficina | presencial | på plats | kontor* | stacjonarn* | biuro",
        "hybrid": "hybrid* | both | mixed | partly remote | partially remote | some remote | hybridi* | гібрид*"
        " | змішан* | гибрид* | смешан* | teilweise* | hybride | híbrid* | hybrydow* | sometimes | occasionally"
        " | some days | partly | partially | osittain | joskus | välillä | manchmal | zeitweise | gelegentlich"
        " | іноді | інколи | частково | иногда | частично | parfois | en partie | partiel* | a veces | parcial*"
        " | ibland | delvis | czasami | częściowo",
        "remote": "remote* | fully remote | home | wfh | work from home | full remote | etä* | etätyö* | kotoa"
        " | віддалено*"
        " | віддален* | дистанційно | удаленно | удалённо | удален* | из дома | homeoffice | home office | remote only"
        " | télétravail | à distance | distanciel | remoto | teletrabajo | distans* | hemifrån | hemma | zdaln*",
        "worker's choice": "your choice* | worker s choice | my choice | flexible | oma valinta",
        "not remote": "not remote* | no remote* | non remote* | not from home | not wfh | ei etä* | kein homeoffice"
        " | kein home office | nicht remote* | не віддален* | не удален* | не удалён* | pas de télétravail"
        " | sin teletrabajo | no remoto | ej distans* | inte distans* | nie zdaln*",
    },
    "industry": {
        "information technology": "it | ict | software* | information technology | tech | technology | ohjelmisto*"
        " | it ala | іт"
        " | програмне забезпечення | informatik | informatique | tecnología",
        "finance and insurance": "financ* | bank* | insurance | fintech | rahoitus* | vakuutus* | pankki*"
        " | фінанс* | банк*"
        " | финанс* | finanz* | versicherung* | assurance* | banque | banca | seguros | försäkring*",
        "manufacturing": "manufactur* | teollisuus | виробництво | производство | industrie | fertigung | produktion"
        " | industria manufacturera | tillverkning | produkcja | automobil* | automotive | maschinenbau*",
        "public administration": "government | public admin* | public sector | julkinen* | valtio | kunta"
        " | держ*"
        " | öffentlich* | verwaltung | administration publique | administración pública | offentlig* | administracja*",
        "health care and social assistance": "health* | healthcare | medic* | terveys* | sote | медицин*"
        " | охорона здоров*"
        " | gesundheit* | santé | salud | sanidad | vård* | zdrowie",
        "educational services": "education* | koulutus | opetus | освіта | образование | bildung | enseignement"
        " | educación | utbildning | edukacja",
        "retail trade": "retail* | vähittäis* | роздрібн* | розничн* | einzelhandel | commerce de détail | detalj*",
        "wholesale and retail trade": "trade | commerce | kauppa | торгівля | торговля | handel | comercio",
        "construction": "construction | rakennus* | rakentaminen | будівництво | строительство | bau* | bâtiment"
        " | construcción | bygg* | budownictwo",
        "utilities": "utilities | power and water",
        "energy": "energy | energia | енергетика | энергетика | energie | énergie | energía | energi | energetyka",
        "transportation and warehousing": "transport* | logistic* | kuljetus* | логістика | логистика | logistik"
        " | verkehr | logistyka",
        "media and advertising": "media | advertising | marketing | медіа | реклама | médias | publicidad",
        "professional services": "consult* | konsultointi | консалтинг | beratung | conseil | consultoría | doradztwo",
        "accommodation and food services": "hospitality | restaurant* | hotel* | ravintola* | gastgewerbe"
        " | gastronomie",
        "all other industries": "other | other industr* | muu | muut | інше | інша | другое | другая"
        " | andere* | sonstige*"
        " | autre | autres | otro | otra | otros | annat | annan | inna | inne",
        "agriculture, forestry, fishing": "agricultur* | farming | maatalous | metsätalous | сільське*"
        " | landwirtschaft",
    },
    "org_kind": {
        "private company": "private | private company | yksityinen | приватна | частная | privatunternehmen"
        " | privé | privada"
        " | privat | prywatna",
        "start-up": "startup* | start up | start-up | kasvuyritys | стартап",
        "product company": "product | product company | tuoteyritys | tuotetalo | продукт* | produkt*",
        "outsourcing": "outsourc* | аутсорс* | service company | softwarehouse | software house",
        "outstaffing": "outstaff* | аутстаф*",
        "consulting": "consult* | konsulttitalo | konsultti* | консалтинг* | beratung* | conseil | agency",
        "in-house software": "in house* | inhouse* | non it company | oma tuotekehitys",
        "public sector": "public | public sector | government | julkinen* | держ* | öffentlich* | secteur public"
        " | público"
        " | offentlig* | publiczn*",
        "public or third sector": "public or third sector | julkinen tai kolmas sektori",
        "non-profit": "non profit | nonprofit | ngo | järjestö* | verein | gemeinnützig* | association | fundación",
        "self-employed": "self employed | freelance* | yrittäjä",
        "another kind": "other | another | muu | інше | інша | другое | andere* | sonstige* | autre | otra | annat"
        " | inna",
    },
    "org_size": {
        "just me": "only me | sole proprietor | solo | vain minä | nur ich | тільки я | лише я | только я | moi seul"
        " | solo yo | bara jag | tylko ja",
    },
    "ai_use": {
        "daily": "daily | every day | päivittäin | щодня | täglich | tous les jours | a diario | dagligen | codziennie",
        "weekly": "weekly | viikoittain | щотижня | wöchentlich | chaque semaine | semanal | varje vecka",
        "monthly or less": "monthly | rarely | less often | harvoin | рідко | selten | rarement | raramente | sällan",
        "yes": "yes | kyllä | так | да | ja | oui | sí | tak",
        "planned": "planned | plan to | not yet* | aion | планую | geplant",
        "no": "no | never | ei | en | ні | нет | nein | non | nej | nie",
    },
    "period": PERIODS,
    "currency": CODES,
}
"""What answers are called, by canonical column and level; what may mean several is guessed to be none."""

GENERAL: Mapping[str, tuple[str, ...]] = {
    "employment": ("employed",),
    "work_mode": ("on-site", "remote", "worker's choice", "not remote"),
    "seniority": tuple(LEVELS["seniority"]),
}
"""Levels that yield to any other that an answer names too, and are not told by the leading word."""

OPEN: Mapping[str, str] = {"education": "post secondary*", "industry": "services | information"}
"""Words of a level that inside a longer answer mean none."""

REMOTE_ANSWERS: Mapping[str, str] = {
    "remote": "yes | y | always | fully | completely | full time | every day | daily | kyllä | aina | täysin"
    " | kokonaan"
    " | так | завжди | повністю | да | всегда | полностью | ja | immer | komplett | vollständig | ganz | oui"
    " | toujours"
    " | entièrement | sí | si | siempre | completamente | alltid | helt | tak | zawsze | całkowicie",
    "hybrid": "part | part time | half | a little | mostly | usually | often | rarely | seldom | usein | harvoin"
    " | часто | рідко | редко | oft | selten | teils | souvent | rarement | seguido | ofta | sällan | często | rzadko",
    "not remote": "no | n | never | not at all | none | ei | en | en koskaan | ei koskaan | ні | ніколи | нет"
    " | никогда"
    " | nein | nie | niemals | gar nicht | non | jamais | nunca | nej | aldrig | nigdy",
}
"""Further answers to the question whether work is remote."""

MAY = (
    "can | could | may | possible | possibility | allowed | able | option | offered | voitko | saatko | mahdoll*"
    " | можете | можеш | можлив* | возможн* | möglich* | erlaubt | dürfen | possib* | pouvez | puede* | posib*"
    " | möjlig* | możliw*"
)
"""Words of a question for what may be, not for what is."""

CHOICES = (
    "check all that apply | select all that apply | choose all that apply | tick all that apply | mark all that apply"
    " | mehrfachauswahl | mehrfachnennung* | valitse kaikki | voit valita useita | оберіть усі | можна обрати кілька"
    " | выберите все | plusieurs réponses | varias respuestas | flera alternativ"
)
"""Words of a question with several answers."""

NO_SKILLS = (
    "describe* | identify | gender* | ethnic* | race | disab* | benefit* | perk* | reason* | challenge* | why | speak*"
)
"""Words of questions with several answers that are not of skills."""

_ABROAD: Mapping[str, str] = {
    "US": "us | u s | yhdysvallat | сша | vereinigte staaten | états unis | estados unidos",
    "GB": "england | iso britannia | велика британія | великобритания | royaume uni | reino unido",
    "FI": "suomi | фінляндія | финляндия | finnland | finlande | finlandia",
    "SE": "ruotsi | швеція | швеция | schweden | suède | suecia | sverige | szwecja",
    "NO": "norja | norwegen | norvège | noruega | norge | norwegia",
    "DK": "tanska | dänemark | danemark | dinamarca | danmark | dania",
    "EE": "viro | естонія | эстония | estland | estonie",
    "DE": "saksa | німеччина | германия | deutschland | allemagne | alemania | tyskland | niemcy",
    "AT": "itävalta | австрія | австрия | österreich | autriche",
    "CH": "sveitsi | швейцарія | швейцария | schweiz | suisse | suiza | szwajcaria",
    "FR": "ranska | франція | франция | frankreich | francia | frankrike | francja",
    "ES": "espanja | іспанія | испания | spanien | espagne | españa | hiszpania",
    "PT": "portugali | португалія | португалия | portugalia",
    "IT": "italia | італія | италия | italien | italie | włochy",
    "NL": "alankomaat | hollanti | нідерланди | нидерланды | niederlande | pays bas | holandia",
    "PL": "puola | польща | польша | polen | pologne | polonia | polska",
    "UA": "ukraina | україна | украина | ucrania",
    "IE": "irlanti | ірландія | irland | irlande | irlanda",
    "CA": "kanada | канада | canadá",
    "IN": "intia | індія | индия | indien | inde",
    "BR": "brasilia | бразилія | brasilien | brésil | brasil",
    "AU": "австралія | australien | australie",
}
COUNTRIES: Mapping[str, str] = {
    code: " | ".join([said, *(name for name, named in COUNTRY_NAMES.items() if named == code)])
    for code, said in _ABROAD.items()
}
"""Names of countries that pay files often name, in English and other languages, by ISO 3166-1 code."""


def without_currency(amounts: pl.Series, codes: Iterable[str]) -> pl.Series:
    """Return amounts without the words and signs of currencies, where those begin or end a number.

    >>> without_currency(pl.Series(["9 000 zł", "PLN 9000", "9000 kr"]), ["PLN"]).to_list()
    ['9 000', '9000', '9000 kr']
    """
    said = {word.strip() for code in codes for word in (*CODES.get(code, "").split(" | "), code.lower()) if word}
    words = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True))
    return amounts.str.replace(rf"(?i)^(?:{words})\.?\s*([\d<>~])|([\dk+])\s*(?:{words})\.?$", "$1$2")


@cache
def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case: points and apostrophes gone, camel case parted.

    >>> tokens("monthlyPay (B.Sc., PhD)")
    ('monthly', 'pay', 'bsc', 'phd')
    """
    parted = re.sub(r"(?<=[a-zа-яіїєґ]{2})(?=[A-ZА-ЯІЇЄҐ][a-zа-яіїєґ])", " ", text)
    plain = re.sub(r"(?<=\w)\.(?=\w)|(?<=\w)\.(?=\W|$)", "", parted).lower()
    return tuple(re.findall(r"[^\W_]+|[€$£¥₴₽₹]", plain))


def match(said: tuple[str, ...], phrases: str) -> float:
    """Return how well words match one of several phrases: letters matched, more where nothing else is said.

    >>> match(("highest", "degree"), "degree* | education"), match(("years",), "degree*")
    (6.0, 0.0)
    """
    found = spans(said, phrases)
    return max((letters * (2.0 if end - start == len(said) else 1.0) for start, end, letters in found), default=0.0)


def says_nothing(text: str) -> bool:
    """Tell an answer that answers nothing.

    >>> says_nothing("En halua vastata"), says_nothing("Missing persons unit of the police")
    (True, False)
    """
    said = tokens(text)
    return match(said, NOTHING) >= len("".join(said)) / 2 > 0


def likeliest(text: str, known: Mapping[str, str]) -> str | None:
    """Return the one name whose phrases match a text best, or None where none or several do.

    >>> likeliest("Salary (EUR)", CODES), likeliest("monthly pay", PERIODS), likeliest("something else", CODES)
    ('EUR', 'month', None)
    """
    said = tokens(text)
    scores = {name: match(said, phrases) for name, phrases in known.items()}
    best = max(scores.values(), default=0.0)
    leaders = [name for name, score in scores.items() if score == best]
    return leaders[0] if best and len(leaders) == 1 else None


def meant(text: str, known: Mapping[str, str], general: Collection[str] = ()) -> str:
    """Return the one name that an answer means, or nothing where it means none or several.

    A phrase inside a longer one does not count, names in ``general`` yield to others, and of several left that
    of the leading word holds, unless they are offered as alternatives.

    >>> meant("Diplomi-insinööri", LEVELS["education"]), meant("Master or PhD", LEVELS["education"])
    ('master', '')
    >>> meant("Hybrid (2 days in office)", LEVELS["work_mode"], GENERAL["work_mode"])
    'hybrid'
    """
    said = tokens(text)
    found = [(name, *span) for name, phrases in known.items() for span in spans(said, phrases)]
    outer = [one for one in found if not any(_holds(other[1:], one[1:]) for other in found)]
    named = {name for name, *_ in outer}
    left = named.difference(general) or named
    if len(left) == 1:
        return left.pop()
    leading = {name for name, start, *_ in outer if start == 0 and name in left.difference(general)}
    alternatives = "/" in text or bool(_OR.intersection(said))
    return leading.pop() if len(leading) == 1 and not alternatives else ""


def spans(said: tuple[str, ...], phrases: str) -> list[tuple[int, int, float]]:
    """Return where phrases stand among words: start, end and letters of each.

    >>> spans(("highest", "degree"), "degree* | education")
    [(1, 2, 6.0)]
    """
    text = " ".join(said)
    found = []
    for pattern, letters in _patterns(phrases):
        for place in pattern.finditer(text):
            start = text.count(" ", 0, place.start())
            found.append((start, start + place[0].count(" ") + 1, letters))
    return found


_OR = frozenset(("or", "tai", "або", "чи", "или", "oder", "ou", "o", "eller", "lub", "albo"))


@cache
def _patterns(phrases: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    """Return a pattern of each phrase in words that one space parts, and the number of its letters."""
    parsed = []
    for phrase in phrases.split(" | "):
        words = re.findall(r"[^\W_]+\*?|\*[^\W_]+\*?|[€$£¥₴₽₹]", phrase)
        pattern = " ".join(re.escape(word).replace(r"\*", "[^ ]*") for word in words)
        if words:
            parsed.append((re.compile(f"(?<![^ ]){pattern}(?![^ ])"), float(len(re.sub(r"[* ]", "", phrase)))))
    return tuple(parsed)


def _holds(outer: tuple[int, int, float], inner: tuple[int, int, float]) -> bool:
    """Tell a phrase around another one, or a longer one in its very place."""
    around = outer[0] <= inner[0] and outer[1] >= inner[1]
    return around and (outer[1] - outer[0], outer[2]) > (inner[1] - inner[0], inner[2])
