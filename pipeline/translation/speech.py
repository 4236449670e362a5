"""Words of saying and denying in both languages, and signs that a speaker spoke Spanish.

Knows: words. Must not know: what is done with them.
"""

from __future__ import annotations

import re

SAYING_EN = re.compile(
    r"\b(?:said(?! than done)|says|told|tells|according to|stated|states that|added that|announced|announces"
    r"|argued|argues|explained|explains|warned|warns|insisted|insists|claims that|noted that|confirmed that"
    r"|acknowledged|admitted|testified|claimed(?! (?:responsib|power|victory|credit|the lives|lives|\d))"
    r"|asserted|asserts|declared)\b",
    re.I,
)
SAYING_ES = re.compile(
    r"\b(?:dij|dic|dec[ií]|dir[áií]|según|conforme a|(?:acuerdo|consonancia) con|explic|añad|agreg|señal|afirm"
    r"|asegur|declar|manifest"
    r"|coment"
    r"|apunt|indic|sostien|sosten|sostuv|expres|express|inform|anunci|advier|advert|advirt|neg|nieg|confirm"
    r"|insist|recalc"
    r"|subray|precis|cont[óa]|cuent|relat|mencion|admit|reconoc|respond|contest|pregunt|pid|ped|exig|reclam|acus|alert"
    r"|revel|report|opin|cree|juicio de|palabras de|testific|testimoni|atestig|argument|argu[yí]|alega|aleg"
    r"|describ|menc"
    r"|hac[eí] saber|hizo saber|da[rn]? cuenta|dio cuenta|not[óa]|observ|plante|denunci|para |proclam|aclar|apostill"
    r"|puntualiz|resalt|destac|invit|orden|prohib|avis|comunic|mand|consider|estim|calcul|asever|reiter|repit"
    r"|repet|prev"
    r"|prometi|asegura)",
    re.I,
)
DENYING_EN = re.compile(r"\b(?:denied|denies|deny|denying|rejected the (?:claims?|accusations?|allegations?))\b", re.I)
DENYING_ES = re.compile(
    r"\b(?:neg|nieg|desm[ei]nt|rechaz|desmentid|deneg|denieg|impid|impedi|priv|refut|recus|desautoriz|prohib)", re.I
)

SPANISH_OUTLET = re.compile(
    r"\b(?:[Ii]n Spanish|(?:told|to|with|by) (?:the (?:newspaper|daily|outlet|magazine|radio station|broadcaster) )?"
    r"(?:El|La|Los|Las|Radio|Diario|Noticias|Canal|Revista|Semana|Milenio|Proceso|Reforma|Animal Político|Caracol"
    r"|Prensa|Excélsior|Televisa|Telemundo|Univisi[oó]n)(?: [A-Z][\w’']+)*)",
)
_PEOPLE = (
    "Mexican|Colombian|Venezuelan|Honduran|Guatemalan|Salvadoran|Nicaraguan|Costa Rican|Panamanian|Cuban|Dominican"
    "|Ecuadorian|Ecuadorean|Peruvian|Bolivian|Chilean|Argentine|Argentinian|Uruguayan|Paraguayan|Puerto Rican|Spanish"
)
_OFFICES = (
    "President|Vice President|Interior Minister|Defense Minister|Foreign Minister|Justice Minister|Minister|Attorney"
    " General|Prosecutor|Senator|Governor|Mayor|General|Police Chief|Security Secretary|Security Minister|Ombudsman"
    "|president|vice president|minister|attorney general|prosecutors?|senator|congress\\w+|lawmakers?|governor|mayor"
    "|general|police chief|police commander|ombudsman|officials?|authorities|journalists?|activists?|farmers?|judge"
    "|resident|migrant|lawyer|researcher|analyst|bishop|priest"
)
SPANISH_PEOPLE = re.compile(rf"\b(?:{_PEOPLE}) (?:[a-z]+ )?(?:{_OFFICES})\b")
# given names that are hardly borne by people who are quoted in English; the saying verb must be near
SPANISH_GIVEN_NAMES = re.compile(
    r"\b(?:José|Jose|Juan|Luis|Carlos|Jorge|Miguel|Ángel|Pedro|Francisco|Javier|Rafael|Andrés|Andres|Alejandro|Fernando"
    r"|Sergio|Eduardo|Ricardo|Raúl|Raul|Rodrigo|Santiago|Diego|Enrique|Ernesto|Guillermo|Gustavo|Héctor|Hector|Hugo"
    r"|Ignacio|Jaime|Joaquín|Joaquin|Julio|Manuel|Mauricio|Nicolás|Nicolas|Óscar|Pablo|Ramón|Ramon|Roberto|Rubén|Ruben"
    r"|Salvador|Vicente|Xavier|María|Maria|Ana|Carmen|Guadalupe|Rosa|Lucía|Lucia|Juana|Isabel|Claudia|Patricia Elena"
    r"|Gabriela|Alejandra|Mónica|Beatriz|Luz|Yolanda|Rocío|Ximena|Catalina|Marisol|Esperanza|Mercedes|Pilar|Consuelo"
    r"|Dolores|Nayib|Evo|Gloria Inés|Graciela|Leticia|Norma Alicia) [A-ZÁÉÍÓÚÑ][\w’'-]+",
)
