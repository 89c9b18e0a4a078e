"""Own words: what columns and answers are called in nine languages, and the match of a text against them.

English, Finnish, Ukrainian, Russian, German, French, Spanish, Swedish and Polish. A ``*`` stands for any
letters. These words make first drafts of mappings that a person reads and confirms; no source is cleaned by them.
Of cells only the words of a currency are read, of the one that the mapping states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

import polars as pl

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
    "title": "title | job title | position | tehtävänimike | nimike | ammattinimike | посада | должность | *bezeichnung"
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
    "work_mode": "work mode | remote | remote work | works from | workplace | work arrangement | etätyö*"
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
    "salary | pay | wage | wages | income | earnings | compensation | comp | rate | palkka* | *palkka | *palkkasi"
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
    "month": "month | monthly | per month | mo | kk | kuukau* | місяц* | місяч* | месяц* | месяч* | monat*"
    " | *monats* | mois"
    " | mensuel* | mes | mensual* | månad* | *månads* | miesiąc | miesięczn* | mies",
    "year": "year | yearly | annual* | per year | pa | vuosi* | vuodessa | рік | річн* | год | годов* | jahr*"
    " | jährlich"
    " | *jahres* | an | annuel* | año | anual* | år | års* | *årslön | rok | roczn*",
}
YEARS = (
    "year | survey year | wave | date | timestamp | submitted | submitted at | created at | vuosi | päivämäärä"
    " | aikaleima"
    " | vastausaika | рік | дата | позначка часу | год | отметка времени | jahr | datum | zeitstempel | année"
    " | date de réponse"
    " | horodateur | año | fecha | marca temporal | år | tidsstämpel | rok | data | sygnatura czasowa"
)
CURRENCY = "currency | valuutta | валюта | währung | devise | moneda | divisa | valuta | waluta"
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
    " | en halua* | ei vastausta | en osaa sanoa | ei tietoa | не хочу* | не відповім | немає відповіді | не знаю"
    " | нет ответа | keine angabe | k a | weiß nicht | ne souhaite pas* | sans réponse | ne sait pas"
    " | prefiero no* | sin respuesta | no sabe | vill inte* | vet ej | inget svar | odmowa | brak odpowiedzi | nie wiem"
)
"""Answers that answer nothing."""

LEVELS: Mapping[str, Mapping[str, str]] = {
    "education": {
        "below secondary": "elementary | primary | peruskoulu* | hauptschul* | grundskola | collège | primaria"
        " | podstawowe"
        " | below secondary | less than high school | no qualification* | неповна середня | неполное среднее",
        "secondary": "high school | secondary | secondary school | lukio* | ylioppila* | ammattikoulu* | ammatillinen*"
        " | toisen asteen* | abitur | ausbildung | lehre | berufsausbildung | realschul* | mittlere reife"
        " | baccalauréat"
        " | lycée | cap | bachillerato | secundaria | fp | gymnasi* | gymnasium | średnie | liceum | matura | zawodowe"
        " | загальна середня | середня | середня спеціальна | среднее | среднее специальное",
        "some college": "some college* | some university* | no degree | college dropout | studies not finished"
        " | незакінчена вища | неповна вища | незаконченное высшее | неполное высшее | studium abgebrochen"
        " | keskeneräi* | kesken",
        "associate": "associate* | opistoaste* | молодший спеціаліст | молодший бакалавр | bts | dut | deug"
        " | grado superior",
        "bachelor": "bachelor* | bsc | ba | bs | beng | bba | undergraduate | kandidaatti* | kandi | amk"
        " | ammattikorkea*"
        " | alempi korkeakoulu* | insinööri amk | insinööri | tradenomi | бакалавр* | fh | licence | bac 3 | grado"
        " | licenciatura | diplomatura | kandidat* | högskoleexamen | licencjat* | inżynier*",
        "master": "master* | msc | ma | ms | mba | meng | postgraduate | maisteri* | ylempi korkeakoulu* | ylempi amk"
        " | diplomi insinööri | dipl insinööri | diplomi-insinööri | di | fm | ktm | магістр* | магистр* | спеціаліст"
        " | специалист | diplom | dipl ing | magister* | bac 5 | máster* | civilingenjör*",
        "professional": "jd | md | professional degree | juris doctor | staatsexamen",
        "doctorate": "doctor* | phd | dphil | dr | doctorate | tohtori* | lisensiaatti* | кандидат наук | доктор*"
        " | phd* | promotion | promoviert | doktor* | doctorat | doctorado",
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
        " | повний день | полная занятость | vollzeit | temps plein | cdi | tiempo completo | jornada completa | heltid"
        " | pełny etat | umowa o pracę",
        "part-time": "part time | parttime | part-time | osa aikainen | osa-aikainen | часткова зайнятість"
        " | неповний день"
        " | частичная занятость | teilzeit | temps partiel | tiempo parcial | media jornada | deltid | część etatu",
        "employed": "employed | employee | palkansaaja | angestellt* | salarié* | empleado* | anställd",
        "contract": "contract* | contractor | b2b | konsultti | gig",
        "temporary": "temporary | fixed term | määräaikainen | befristet | cdd | temporal | visstid | umowa zlecenie",
        "internship": "internship | intern | trainee | harjoittelu | praktikum | stage | prácticas | praktik",
        "freelance": "freelance* | фріланс* | фриланс* | freiberufl* | autónomo | frilans*",
        "self-employed": "self employed | self-employed | yrittäjä | фоп | підприємець | предприниматель | selbständig*"
        " | selbstständig* | indépendant | egenföretagare | działalność",
        "student": "student* | opiskelija | студент* | étudiant* | estudiante",
        "not working": "unemployed | not working | työtön | безробітн* | безработн* | arbeitslos | chômage"
        " | desempleado"
        " | arbetslös | bezrobotn*",
    },
    "work_mode": {
        "on-site": "on site | onsite | on-site | office | in office | in person | no | never | lähityö | toimisto*"
        " | läsnä*"
        " | toimistolla | офіс* | в офісі | офис* | в офисе | büro | vor ort | präsenz | sur site | présentiel | bureau"
        " | oficina | presencial | på plats | kontor* | stacjonarn* | biuro",
        "hybrid": "hybrid* | both | mixed | partly remote | partially remote | some remote | hybridi* | гібрид*"
        " | змішан* | гибрид* | смешан* | teilweise* | hybride | híbrid* | hybrydow*",
        "remote": "remote* | fully remote | home | wfh | work from home | full remote | etä* | etätyö* | kotoa"
        " | віддалено*"
        " | віддален* | дистанційно | удаленно | удалённо | удален* | из дома | homeoffice | home office | remote only"
        " | télétravail | à distance | distanciel | remoto | teletrabajo | distans* | hemifrån | hemma | zdaln*",
        "worker's choice": "your choice* | worker s choice | my choice | flexible | oma valinta",
    },
    "industry": {
        "information technology": "it | software* | information technology | tech | technology | ohjelmisto*"
        " | it ala | іт"
        " | програмне забезпечення | informatik | informatique | tecnología",
        "finance and insurance": "financ* | bank* | insurance | fintech | rahoitus* | vakuutus* | pankki*"
        " | фінанс* | банк*"
        " | финанс* | finanz* | versicherung* | assurance* | banque | banca | seguros | försäkring*",
        "manufacturing": "manufactur* | teollisuus | виробництво | производство | industrie | fertigung | produktion"
        " | industria manufacturera | tillverkning | produkcja",
        "public administration": "government | public administration | public sector | julkinen* | valtio | kunta"
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
        "agriculture, forestry, fishing": "agricultur* | farming | maatalous | metsätalous | сільське*"
        " | landwirtschaft",
    },
    "org_kind": {
        "private company": "private | private company | yksityinen | приватна | частная | privatunternehmen"
        " | privé | privada"
        " | privat | prywatna",
        "start-up": "startup* | start up | start-up | kasvuyritys | стартап",
        "product company": "product | product company | tuoteyritys | tuotetalo | продуктова | продуктовая | produkt*",
        "outsourcing": "outsourc* | аутсорс* | service company | softwarehouse | software house",
        "outstaffing": "outstaff* | аутстаф*",
        "consulting": "consult* | konsulttitalo | konsultti* | консалтинг* | beratung* | conseil | agency",
        "in-house software": "in house* | inhouse* | non it company | oma tuotekehitys",
        "public sector": "public | public sector | government | julkinen* | держ* | öffentlich* | secteur public"
        " | público"
        " | offentlig* | publiczn*",
        "non-profit": "non profit | nonprofit | ngo | järjestö* | verein | gemeinnützig* | association | fundación",
        "self-employed": "self employed | freelance* | yrittäjä",
        "another kind": "other | another | muu | інше | інша | другое | andere | sonstige | autre | otra | annat"
        " | inna",
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
"""What answers are called, by canonical column and level; on a tie no level is guessed."""

COUNTRIES: Mapping[str, str] = {
    "US": "united states | united states of america | usa | us | u s | yhdysvallat | сша | vereinigte staaten"
    " | états unis | estados unidos",
    "GB": "united kingdom | uk | great britain | england | iso britannia | велика британія | великобритания"
    " | royaume uni | reino unido",
    "FI": "finland | suomi | фінляндія | финляндия | finnland | finlande | finlandia",
    "SE": "sweden | ruotsi | швеція | швеция | schweden | suède | suecia | sverige | szwecja",
    "NO": "norway | norja | norwegen | norvège | noruega | norge | norwegia",
    "DK": "denmark | tanska | dänemark | danemark | dinamarca | danmark | dania",
    "EE": "estonia | viro | естонія | эстония | estland | estonie",
    "DE": "germany | saksa | німеччина | германия | deutschland | allemagne | alemania | tyskland | niemcy",
    "AT": "austria | itävalta | австрія | австрия | österreich | autriche",
    "CH": "switzerland | sveitsi | швейцарія | швейцария | schweiz | suisse | suiza | szwajcaria",
    "FR": "france | ranska | франція | франция | frankreich | francia | frankrike | francja",
    "ES": "spain | espanja | іспанія | испания | spanien | espagne | españa | hiszpania",
    "PT": "portugal | portugali | португалія | португалия | portugalia",
    "IT": "italy | italia | італія | италия | italien | italie | włochy",
    "NL": "netherlands | the netherlands | alankomaat | hollanti | нідерланди | нидерланды | niederlande"
    " | pays bas | holandia",
    "PL": "poland | puola | польща | польша | polen | pologne | polonia | polska",
    "UA": "ukraine | ukraina | україна | украина | ucrania",
    "IE": "ireland | irlanti | ірландія | irland | irlande | irlanda",
    "CA": "canada | kanada | канада | canadá",
    "IN": "india | intia | індія | индия | indien | inde",
    "BR": "brazil | brasilia | бразилія | brasilien | brésil | brasil",
    "AU": "australia | австралія | australien | australie",
}
"""ISO 3166-1 codes of countries that pay files often name."""


def without_currency(amounts: pl.Series, codes: Iterable[str]) -> pl.Series:
    """Return amounts without the words and signs of currencies, where those begin or end a number.

    >>> without_currency(pl.Series(["9 000 zł", "PLN 9000", "9000 kr"]), ["PLN"]).to_list()
    ['9 000', '9000', '9000 kr']
    """
    said = {word.strip() for code in codes for word in (*CODES.get(code, "").split(" | "), code.lower()) if word}
    words = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True))
    return amounts.str.replace(rf"(?i)^(?:{words})\.?\s*([\d<>~])|([\dk+])\s*(?:{words})\.?$", "$1$2")


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
    best = 0.0
    for phrase in phrases.split(" | "):
        words = tuple(re.findall(r"[^\W_]+\*?|\*[^\W_]+\*?|[€$£¥₴₽₹]", phrase.strip()))
        for start in range(len(said) - len(words) + 1):
            part = said[start : start + len(words)]
            if all(fnmatchcase(word, pattern) for word, pattern in zip(part, words, strict=True)):
                letters = float(len(phrase.replace("*", "").replace(" ", "")))
                best = max(best, letters * (2.0 if len(part) == len(said) else 1.0))
    return best


def says_nothing(text: str) -> bool:
    """Tell an answer that answers nothing.

    >>> says_nothing("En halua vastata"), says_nothing("Missing persons unit of the police")
    (True, False)
    """
    said = tokens(text)
    return match(said, NOTHING) >= len("".join(said)) / 2 > 0


def likeliest(text: str, known: Mapping[str, str] | Iterable[tuple[str, str]]) -> str | None:
    """Return the one name whose phrases match a text best, or None where none or several do.

    >>> likeliest("M.Sc. (Tech)", LEVELS["education"]), likeliest("Diplomi-insinööri", LEVELS["education"])
    ('master', 'master')
    >>> likeliest("something else", LEVELS["education"])
    """
    said = tokens(text)
    scores = {name: match(said, phrases) for name, phrases in dict(known).items()}
    best = max(scores.values(), default=0.0)
    leaders = [name for name, score in scores.items() if score == best]
    return leaders[0] if best and len(leaders) == 1 else None
