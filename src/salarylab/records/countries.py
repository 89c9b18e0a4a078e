"""Countries: their English names, as publishers write them, to ISO 3166-1 codes; US states beside them.

A name is looked up, never guessed: one that the table lacks is an error that tells it with its rows.

**Source** ISO 3166-1 (country codes; XK is its user-assigned code for Kosovo) and ISO 3166-2:US.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from salarylab.errors import DataError, Fault, did_you_mean

_NAMES = """
AD Andorra
AE United Arab Emirates
AF Afghanistan
AG Antigua and Barbuda
AI Anguilla
AL Albania
AM Armenia
AO Angola
AQ Antarctica
AR Argentina
AS American Samoa
AT Austria
AU Australia
AW Aruba
AX Åland Islands
AZ Azerbaijan
BA Bosnia and Herzegovina
BB Barbados
BD Bangladesh
BE Belgium
BF Burkina Faso
BG Bulgaria
BH Bahrain
BI Burundi
BJ Benin
BL Saint Barthélemy
BM Bermuda
BN Brunei | Brunei Darussalam
BO Bolivia | Bolivia, Plurinational State of
BQ Caribbean Netherlands
BR Brazil
BS Bahamas | The Bahamas
BT Bhutan
BV Bouvet Island
BW Botswana
BY Belarus
BZ Belize
CA Canada
CC Cocos (Keeling) Islands
CD Congo, Democratic Republic of the | Democratic Republic of the Congo | DR Congo
CF Central African Republic
CG Congo | Congo, Republic of the | Republic of the Congo
CH Switzerland
CI Côte d'Ivoire | Ivory Coast
CK Cook Islands
CL Chile
CM Cameroon
CN China
CO Colombia
CR Costa Rica
CU Cuba
CV Cabo Verde | Cape Verde
CW Curaçao
CX Christmas Island
CY Cyprus
CZ Czechia | Czech Republic
DE Germany
DJ Djibouti
DK Denmark
DM Dominica
DO Dominican Republic
DZ Algeria
EC Ecuador
EE Estonia
EG Egypt
EH Western Sahara
ER Eritrea
ES Spain
ET Ethiopia
FI Finland
FJ Fiji
FK Falkland Islands
FM Micronesia | Micronesia, Federated States of
FO Faroe Islands
FR France
GA Gabon
GB United Kingdom | United Kingdom of Great Britain and Northern Ireland | UK | Great Britain
GD Grenada
GE Georgia
GF French Guiana
GG Guernsey
GH Ghana
GI Gibraltar
GL Greenland
GM Gambia | The Gambia
GN Guinea
GP Guadeloupe
GQ Equatorial Guinea
GR Greece
GS South Georgia and the South Sandwich Islands
GT Guatemala
GU Guam
GW Guinea-Bissau
GY Guyana
HK Hong Kong | Hong Kong (SAR) | Hong Kong (S.A.R.)
HM Heard Island and McDonald Islands
HN Honduras
HR Croatia
HT Haiti
HU Hungary
ID Indonesia
IE Ireland
IL Israel
IM Isle of Man
IN India
IO British Indian Ocean Territory
IQ Iraq
IR Iran | Iran, Islamic Republic of
IS Iceland
IT Italy
JE Jersey
JM Jamaica
JO Jordan
JP Japan
KE Kenya
KG Kyrgyzstan
KH Cambodia
KI Kiribati
KM Comoros
KN Saint Kitts and Nevis
KP North Korea | Korea, North | Democratic People's Republic of Korea
KR South Korea | Korea, South | Republic of Korea
KW Kuwait
KY Cayman Islands
KZ Kazakhstan
LA Laos | Lao People's Democratic Republic
LB Lebanon
LC Saint Lucia
LI Liechtenstein
LK Sri Lanka
LR Liberia
LS Lesotho
LT Lithuania
LU Luxembourg
LV Latvia
LY Libya | Libyan Arab Jamahiriya
MA Morocco
MC Monaco
MD Moldova | Republic of Moldova
ME Montenegro
MF Saint Martin
MG Madagascar
MH Marshall Islands
MK North Macedonia | Republic of North Macedonia | Macedonia | Macedonia (FYROM)
MK The former Yugoslav Republic of Macedonia
ML Mali
MM Myanmar | Burma
MN Mongolia
MO Macao | Macau
MP Northern Mariana Islands
MQ Martinique
MR Mauritania
MS Montserrat
MT Malta
MU Mauritius
MV Maldives
MW Malawi
MX Mexico
MY Malaysia
MZ Mozambique
NA Namibia
NC New Caledonia
NE Niger
NF Norfolk Island
NG Nigeria
NI Nicaragua
NL Netherlands | The Netherlands
NO Norway
NP Nepal
NR Nauru
NU Niue
NZ New Zealand
OM Oman
PA Panama
PE Peru
PF French Polynesia
PG Papua New Guinea
PH Philippines
PK Pakistan
PL Poland
PM Saint Pierre and Miquelon
PN Pitcairn
PR Puerto Rico
PS Palestine | Palestine, State of | State of Palestine
PT Portugal
PW Palau
PY Paraguay
QA Qatar
RE Réunion
RO Romania
RS Serbia
RU Russia | Russian Federation
RW Rwanda
SA Saudi Arabia
SB Solomon Islands
SC Seychelles
SD Sudan
SE Sweden
SG Singapore
SH Saint Helena, Ascension and Tristan da Cunha
SI Slovenia
SJ Svalbard and Jan Mayen
SK Slovakia
SL Sierra Leone
SM San Marino
SN Senegal
SO Somalia
SR Suriname
SS South Sudan
ST Sao Tome and Principe
SV El Salvador
SX Sint Maarten
SY Syria | Syrian Arab Republic
SZ Eswatini | Swaziland
TC Turks and Caicos Islands
TD Chad
TF French Southern Territories
TG Togo
TH Thailand
TJ Tajikistan
TK Tokelau
TL Timor-Leste
TM Turkmenistan
TN Tunisia
TO Tonga
TR Turkey | Türkiye
TT Trinidad and Tobago
TV Tuvalu
TW Taiwan
TZ Tanzania | United Republic of Tanzania
UA Ukraine
UG Uganda
UM United States Minor Outlying Islands
US United States | United States of America | USA
UY Uruguay
UZ Uzbekistan
VA Holy See
VC Saint Vincent and the Grenadines
VE Venezuela | Venezuela, Bolivarian Republic of
VG British Virgin Islands
VI U.S. Virgin Islands
VN Vietnam | Viet Nam
VU Vanuatu
WF Wallis and Futuna
WS Samoa
XK Kosovo
YE Yemen
YT Mayotte
ZA South Africa
ZM Zambia
ZW Zimbabwe
"""

CODES: dict[str, str] = {
    name.strip().casefold(): line[:2] for line in _NAMES.strip().splitlines() for name in line[3:].split("|")
}
"""The ISO 3166-1 alpha-2 code of each name, the name in lower case."""

GONE = ("Yugoslavia", "Serbia and Montenegro", "Czechoslovakia", "Soviet Union", "Netherlands Antilles")
"""Countries that several of today's succeeded: no code can be told."""

MOST_LISTED = 20
"""Unknown names that an error lists."""

US_STATES = (
    *("AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN", "KS", "KY"),
    *("LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH"),
    *("OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT", "WA", "WI", "WV", "WY"),
)
"""Postal codes of the fifty states and the District of Columbia."""


def to_country(rows: pl.DataFrame, name: str, *, source: str, none_of_them: Collection[str] = ()) -> pl.Series:
    """Return a column of names as ISO 3166-1 alpha-2 codes, called ``country``; a null stays null.

    Case, space around a name and dots after it don't count. Answers in ``none_of_them`` ("Other") become
    null. Raises ``DataError`` counting the names that are not in the table, and listing the most frequent with
    their numbers of rows.

    >>> answers = pl.DataFrame({"home": ["Namibia", "Viet Nam", "Other"]})
    >>> to_country(answers, "home", source="an example", none_of_them=["Other"]).to_list()
    ['NA', 'VN', None]
    """
    counts = rows[name].alias("name").drop_nulls().value_counts().sort(["count", "name"], descending=[True, False])
    told = dict(counts.iter_rows())
    known = {value: code for value in told if (code := CODES.get(value.strip(" .…").casefold()))}
    strays = [value for value in told if value not in known and value not in none_of_them]
    if strays:
        listed = "; ".join(f"{value!r} in {told[value]} rows" for value in strays[:MOST_LISTED])
        near = did_you_mean(strays[0].casefold(), CODES)
        raise DataError(
            Fault(
                f"{source}: column {name!r}",
                f"{len(strays)} values that are no country's name: {listed}",
                "English names of countries",
                near or "say which answers mean none of them",
            )
        )
    return rows[name].replace_strict(known, default=None, return_dtype=pl.String).alias("country")


def us_state(place: str) -> pl.Expr:
    """Return the state in which a "City, ST" lies; null where the text doesn't end in a state's code.

    >>> places = pl.DataFrame({"place": ["Springfield, IL", "London, UK", "Berlin, BE, Germany"]})
    >>> places.select(us_state("place"))["place"].to_list()
    ['IL', None, None]
    """
    return pl.col(place).str.extract(rf", ({'|'.join(US_STATES)})$")
