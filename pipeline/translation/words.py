"""Small word lists of English and Spanish that the checks compare with.

Knows: words. Must not know: what is done with them. Words that exist in both languages are left out of the stop-words.
"""

from __future__ import annotations

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ENGLISH_STOP = _set(
    "about after again against also although among an and another any are around as at because been before being "
    "between both but by can could did do does during each for from had have her here him his how however if in "
    "into is it its just many may more most must my not of off on only or other our out over own said same she "
    "should since so some such than that the their them then there these they this those through to told too "
    "under until up very was we were what when where which while who whose why will with within without would you "
    "your"
)
SPANISH_STOP = _set(
    "al ante antes aunque como con contra cual cuando de del desde donde durante e el ella ellos en entre era "
    "eran es esa ese eso esta este esto estos está están fue fueron ha había habían han hasta la las le les lo "
    "los mientras muy más ni nos o para pero por porque pues que quien qué se según ser será si sido sin sobre "
    "son su sus también tras un una uno unos y ya él"
)

# Spanish words that the dictionary of spelling.py lacks, in the singular.
DICTIONARY_LACKS = _set(
    "antes jamás cuán aprisa veintidós veintitrés veintiséis veintisiete veintiocho veintinueve email exvice boicot "
    "distrital feminicidio complacente falencia dignatario dignitario exhumación incapacitante mortuaria mortuario "
    "genómica genómico tabaquismo impagable"
)

NEGATION_EN = re.compile(
    r"\b(?:not(?! only)|never|nobody|nothing|none|neither|nor|nowhere|cannot|without)\b|n['’]t\b|\bno\b(?!\.? ?\d)",
    re.I,
)
NEGATION_ES = re.compile(
    r"\b(?:no|nunca|jamás|ni|sin|nada|nadie|ningún|ninguno|ninguna|ningunos|ningunas|tampoco|carec\w+|neg\w+|falt\w+"
    r"|imposib\w+|incapa\w+|imped\w+|evit\w+|excepto|salvo|dejó de|dejaron de)\b",
    re.I,
)

# English hedges, and in the same order the Spanish stems of which one must be there for each: losing it turns a
# suspicion into a fact. Other languages stand in vocabularies.py.
HEDGES_EN = (
    re.compile(r"\b(?:alleg(?:ed(?:ly)?|es?|ing|ations?)|purported(?:ly)?|supposedly|supposed(?! to\b))\b", re.I),
    re.compile(r"\b(?:suspect(?:s|ed|ing)?|suspicions?|suspicious)\b", re.I),
    re.compile(r"\b(?:accus(?:ed?|es|ing|ations?)|charged with)\b", re.I),
    re.compile(r"\b(?:reportedly|apparently|seemingly)\b", re.I),
)
HEDGES_ES = (
    re.compile(r"presunt|supuest|aleg|acus|denunci|señal|imput|sospech|según|afirm|\w+ría[ns]?\b|sosten|sostien", re.I),
    re.compile(r"sospech|presunt|supuest|recel|descon[fi]|imputad|posible|aparente|creen?\b", re.I),
    re.compile(r"acus|imput|señal|denunci|procesad|inculp|carg[oa]|cargad", re.I),
    re.compile(
        r"al parecer|según|aparente|report|inform|relat|supuest|parec|presunt|dicen? que|se dijo|\w+ría[ns]?\b",
        re.I,
    ),
)

# Acronyms with a Spanish form of their own, or a word for it: what may stand for them in the translation.
ACRONYMS = {
    "AI": r"\bAI\b|\bIA\b|(?i:inteligencia artificial)",
    "AIDS": r"(?i:\bsida\b)",
    "AM": r"(?i:mañana|madrugada|a\.\s?m)",
    "AU": r"\bUA\b|Unión Africana",
    "CCTV": r"\bCCTV\b|(?i:cámara|vigilancia)",
    "CEO": r"\bCEO\b|(?i:director|president|jefe|consejer)",
    "CSO": r"\bOSC\b|sociedad civil",
    "DNA": r"\bADN\b",
    "DRC": r"\bRDC\b|República Democrática del Congo",
    "ECHR": r"\bECHR\b|\bCEDH\b|\bTEDH\b",
    "EU": r"\bUE\b|Unión Europea|(?i:europe)",
    "FTA": r"\bTLC\b|(?i:libre comercio)",
    "GDP": r"\bPIB\b|\bPBI\b|producto (?:interno|interior) bruto",
    "HIV": r"\bVIH\b",
    "IACHR": r"\bCIDH\b|Comisión Interamericana",
    "IAEA": r"\b(?:OIEA|AIEA)\b|Energía Atómica",
    "ICC": r"\bCPI\b|Penal Internacional",
    "ICJ": r"\bCIJ\b|Internacional de Justicia",
    "ICRC": r"\bCICR\b|Cruz Roja",
    "ID": r"\bID\b|(?i:identi|credencial|cédula|\bDNI\b)",
    "IDB": r"\bIDB\b|\bBID\b|Interamericano de Desarrollo",
    "IDP": r"\bPDI\b|\bPID\b|(?i:desplazad)",
    "IED": r"(?i:explosiv)",
    "ILO": r"\bOIT\b|del Trabajo",
    "IMF": r"\bFMI\b|Fondo Monetario",
    "IOM": r"\bOIM\b|para las Migraciones",
    "IUU": r"\bINDNR\b|(?i:ilegal)",
    "LGBTQ": r"LGBT",
    "MP": r"\bMP\b|(?i:diputad|parlamentari|militar)",
    "NAFTA": r"\bTL(?:CAN|C)\b",
    "NATO": r"\bOTAN\b",
    "NGO": r"\bONG\b|no gubernamental",
    "OAS": r"\bOEA\b|Estados Americanos",
    "OPEC": r"\bO(?i:pep)\b",
    "PM": r"(?i:tarde|noche|p\.\s?m|primer)",
    "POW": r"(?i:prisioner)",
    "SUV": r"\bSUV\b|(?i:camioneta|todoterreno)",
    "TV": r"\bTV\b|(?i:tele)",
    "UAE": r"\bEAU\b|Emiratos",
    "UK": r"Reino Unido|(?i:británic)|Gran Bretaña",
    "UN": r"\bONU\b|Naciones Unidas",
    "UNHCR": r"\bUNHCR\b|\bACNUR\b|Refugiados",
    "UNODC": r"\bUNODC\b|\bONUD[DC]\b|contra la Droga",
    "USD": r"\bUSD\b|(?i:dólar)|\$",
    "USMCA": r"\bUSMCA\b|\bT-?MEC\b",
    "VAT": r"\bIVA\b",
    "WHO": r"\bOMS\b|Mundial de la Salud",
    "WMD": r"(?i:destrucción masiva)",
    "WTO": r"\bOMC\b|Mundial del Comercio",
}
# left out of every sentence without loss: "the U.S. state of Illinois" is «el estado de Illinois»
ACRONYMS_FREE = _set("US USA OK JR SR MR MRS DR DC PR BC AD SEE READ NEW NEWS PHOTO VIDEO")

# English words that stand for a number no reader of digits can see; each may explain one figure in the target.
VAGUE_EN = re.compile(
    r"\b(?:half|quarters?|thirds?|dozens?|scores?|hundreds?|thousands?|millions?|billions?|trillions?|decades?|century"
    r"|centuries|twice|doubled?|tripled?|couple|pair|both|once|noon|midnight|fortnight|teens?|teenagers?|teenaged?)\b",
    re.I,
)

# Small words inside names: "Bank of the South", "Ministerio de Salud".
PARTICLES = _set("a al and con de del des di du el en for in la las los of on or the to und van von y vs")

# English words with a capital that Spanish says in its own way: never kept as names. In lower case.
NAMES_WITH_SPANISH = _set(
    "academy accord adviser affairs africa african agency agreement aid air airport alliance amazon america "
    "american americans amnesty analysis andes april archive army article asia assembly association athens attorney "
    "august authority avenue award bank bar base basin bay belgium benefit berlin bishop black blue board body "
    "border boundary brazil brief brigade britain brussels bureau cabinet calendar camp capital cardinal caribbean "
    "cartel cathedral catholic cell center central centre chamber chapter charity charter chief child children "
    "christian church city civil clan clinic club coalition coast code college colonel column command commander "
    "committee common commons community company confederate conference congress congressman constitutional contact "
    "control convoy cooperative corporal council country county court crime criminal cross customs data daughter "
    "deal december defence defender defense delta denmark department deputy desk director district division doctor "
    "document dominican drug drugs dutch east eastern economic economy editor egypt emergency energy england "
    "english enterprise envoy europe evening exchange executive export families family father february federal "
    "field finance firm first fleet force forces foreign forest former forum foundation france free french friday "
    "friend front fund gang gangs general germany girl global gold governor great greece green group guard guide "
    "gulf haiti half hall harbor head headquarters health hearing high hill historic holy home honor hospital hotel "
    "house human hungary illegal independent indigenous industrial industry inquiry inside institute insurance "
    "interior internal international investigator ireland island islands italy january japan joint journal judge "
    "judicial july june jury justice king labor labour lake land latin law leader league legal letter liberal "
    "library line local london lord magazine major march market marshal mayor medal media medical meeting member "
    "memorial memory mercy mexican middle military mine minister ministry mission model modern monday monitor month "
    "monument morocco mother mountain mountains movement municipal museum narcotics national nations naval navy "
    "netherlands network news night north northern norway novel november nurse observer ocean october office "
    "officer official open operation orders organization organized over pacific palace panel paper park parliament "
    "party pass peace people plan plaza poland police policy polish political poor pope port post power prayer "
    "preparatory president press prince princess prison private program programme project property prosecutor "
    "province provincial public quarter queen radio rapid rebel record recovery red regional report reporter "
    "republic republican research reserve resort review revolutionary right rights river road romania royal rule "
    "rural russia sacred saint saturday school science scotland sea search second secret secretariat secretary "
    "section security senate senator senior september sergeant service shadow sheriff sister social society soldier "
    "south southern spain special sport square staff state states station statistics stock storm street strike "
    "study summit sunday superior support supreme sweden swiss switzerland syndicate task tax team technical "
    "technology thailand third thursday times trade training transit transparency transport treasury treaty trial "
    "tribe tribunal truth tuesday turkey turkish ukraine uncle under undersecretary union unit united university "
    "upper urban valley vatican vice victim victims village violence virgin voice volunteer wall war watch water "
    "wednesday week west western white women work worker workers world year young youth"
)
