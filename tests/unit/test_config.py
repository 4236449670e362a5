"""newsroom.toml: what it may say, and how a mistake is explained."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import pytest

from pipeline import config
from pipeline.config.tables import LICENCES
from pipeline.errors import ConfigError
from pipeline.rights.evidence import evidence_intact
from pipeline.settings import env
from pipeline.types import UseClass

SOURCE = '[[source]]\nslug = "a"\npublisher = "A"\nurl = "https://a.example/"\n'
PRODUCT = '[[product]]\nslug = "all"\ntitle = "Todo"\n'
PARTNER = '[[partner]]\nslug = "p"\nname = "P"\nuse = "N"\n'


def mistake(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.parse(text)
    return str(caught.value)


def sample(name: str) -> str:
    return resources.files("workers").joinpath(f"samples/{name}").read_text(encoding="utf-8")


def test_an_empty_file_is_a_newsroom_with_defaults() -> None:
    empty = config.parse("")
    assert empty.site.url == "http://127.0.0.1:8000"
    assert [product.path for product in empty.product] == ["es/all"]
    assert (empty.intake.max_bytes, empty.site.stub_days, empty.translation.mode) == (5_000_000, 30, "exact")


@pytest.mark.parametrize(
    ("text", "unknown", "line", "meant"),
    [
        ('[site]\nname = "X"\ncontakt = "x"\n', "site.contakt", 3, "contact"),
        ("\n\n[sit]\n", "sit", 3, "site"),
        ("[translation]\nmod = 'exact'\n", "translation.mod", 2, "mode"),
        ("[intake]\nmaxbytes = 5000\n", "intake.maxbytes", 2, "max_bytes"),
        ("[network]\nallow_privat = []\n", "network.allow_privat", 2, "allow_private"),
        ("[mail]\nsend = false\nsendr = 'x'\n", "mail.sendr", 3, "sender"),
        (f'{SOURCE}publishr = "B"\n', "source.0.publishr", 5, "publisher"),
        (f'{SOURCE}[source.rights]\nbasis = "none"\nlicense = "by"\n', "source.0.rights.license", 7, "licence"),
        (f"{PRODUCT}delay_minute = 5\n", "product.0.delay_minute", 4, "delay_minutes"),
        (f'{PARTNER}web_hook = "x"\n', "partner.0.web_hook", 5, "webhook"),
    ],
)
def test_an_unknown_key_is_an_error_with_its_line_and_the_nearest_known_one(
    text: str, unknown: str, line: int | None, meant: str
) -> None:
    said = mistake(text)
    assert f"unknown key {unknown!r}; did you mean {meant!r}?" in said
    assert said.startswith(f"newsroom.toml, line {line}:")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (SOURCE + SOURCE.replace('"a"', '"B!"'), "line 6: source.1.slug"),
        (f"{PRODUCT}{PRODUCT}delay_minutes = -1\n", "line 7: product.1.delay_minutes"),
        (
            f'{SOURCE}[source.rights]\nbasis = "none"\n{SOURCE}[source.rights]\nbasis = "x"\n',
            "line 12: source.1.rights",
        ),
        (f'{SOURCE}[source.rights]\nlicence = "by"\n', "line 5: source.0.rights.basis"),
        (f'[site]\nname = "use"\n{PARTNER}'.replace('"N"', '"Z"'), "line 6: partner.0.use"),
        ('# url = "x"\n[site]\nurl = "x"\n', "line 3: site.url"),
    ],
)
def test_the_line_is_that_of_the_table_with_the_mistake(text: str, at: str) -> None:
    assert at in mistake(text)


def test_a_key_like_no_other_gets_no_guess() -> None:
    assert mistake("[site]\nzzzzqqqq = 1\n") == "newsroom.toml, line 2: unknown key 'site.zzzzqqqq'"


def test_a_secret_has_no_key_to_be_put_under() -> None:
    for key in ("secret_key", "database_url", "redis_url", "smtp_url"):
        assert f"unknown key 'site.{key}'" in mistake(f'[site]\n{key} = "x"\n')
    assert "unknown key 'partner.0.token'" in mistake(f'{PARTNER}token = "x"\n')


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ('[site]\ntag = "nonsense"\n', "line 2: site.tag", "a domain of yours and a day on which it was yours"),
        ('[site]\ntag = "news.example,2026-13"\n', "line 2: site.tag", "a domain of yours"),
        ('[site]\nurl = "ftp://x"\n', "line 2: site.url", "must start with http:// or https://"),
        ("[site]\nfeed_size = 0\n", "line 2: site.feed_size", "greater than or equal to 1"),
        ("[site]\nfeed_size = 501\n", "line 2: site.feed_size", "less than or equal to 500"),
        ("[site]\nstub_days = 0\n", "line 2: site.stub_days", "greater than or equal to 1"),
        ("[site]\nttl_minutes = 0\n", "line 2: site.ttl_minutes", "greater than or equal to 1"),
        ('[translation]\nmode = "quick"\n', "line 2: translation.mode", "'exact' or 'fast'"),
        ("[translation]\nthreads = -1\n", "line 2: translation.threads", "greater than or equal to 0"),
        ("[intake]\nmax_bytes = 10\n", "line 2: intake.max_bytes", "greater than or equal to 1000"),
        ('[[source]]\nslug = "A B"\npublisher = "A"\nurl = "x"\n', "line 2: source.0.slug", "match pattern"),
        ('[[source]]\nslug = "a"\nurl = "x"\n', "source.0.publisher", "required"),
        (
            '[[source]]\nslug = "a"\npublisher = "A"\nurl = "a.example"\n',
            "line 4: source.0.url",
            "must start with http",
        ),
        (f'{SOURCE}[source.rights]\nbasis = "hope"\n', "line 6: source.0.rights.basis", "'licence'"),
        (f'{SOURCE}[source.rights]\nbasis = "none"\nuses = ["X"]\n', "source.0.rights.uses.0", "'N', 'A' or 'P'"),
        (f'{SOURCE}[source.rights]\nbasis = "none"\nexpires = "soon"\n', "source.0.rights.expires", "date"),
        ('[[product]]\nslug = "all"\n', "product.0.title", "required"),
        (f"{PRODUCT}delay_minutes = -5\n", "line 4: product.0.delay_minutes", "greater than or equal to 0"),
        ('[[partner]]\nslug = "p"\nname = "P"\nuse = "Q"\n', "line 4: partner.0.use", "'N', 'A' or 'P'"),
        ('[[partner]]\nslug = "p"\nname = "P"\n', "partner.0.use", "required"),
        ("[site]\nname = 5\n", "line 2: site.name", "string"),
        ('site = "x"\n', "line 1: site", "dictionary"),
    ],
)
def test_a_bad_value_is_an_error_that_names_its_place(text: str, place: str, says: str) -> None:
    said = mistake(text)
    assert place in said
    assert says in said


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    said = mistake("[site]\nfeed_size = 0\nstub_days = 0\n[intake]\nmaxbytes = 1\n").splitlines()
    assert len(said) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SOURCE + SOURCE, "[[source]] a is defined twice"),
        (PRODUCT + PRODUCT, "[[product]] es/all is defined twice"),
        (PARTNER + PARTNER, "[[partner]] p is defined twice"),
        (
            f'{PARTNER}products = ["es/al"]\n',
            "partner 'p' asks for product 'es/al', which is not defined; did you mean 'es/all'?",
        ),
    ],
)
def test_names_must_lead_somewhere_and_be_used_once(text: str, said: str) -> None:
    assert said in mistake(text)


def test_the_same_slug_in_two_languages_is_two_products() -> None:
    both = config.parse(f'{PRODUCT}\n{PRODUCT}language = "pt"\n')
    assert [product.path for product in both.product] == ["es/all", "pt/all"]


def test_what_is_no_toml_is_told_with_its_line() -> None:
    assert "newsroom.toml is not valid TOML" in mistake("[site\n")
    assert "line 2" in mistake("[site]\nname = \n")


def test_a_missing_file_is_told_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"newsroom\.toml does not exist\. Run: tornavoz init"):
        config.load(tmp_path / "newsroom.toml")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "newsroom.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)


def test_addresses_lose_the_slash_at_their_end() -> None:
    assert config.parse('[site]\nurl = "https://x.example/"\n').site.url == "https://x.example"


@pytest.mark.parametrize("name", ["newsroom.toml", "demo.toml"])
def test_the_samples_can_be_used(name: str) -> None:
    loaded = config.parse(sample(name))
    assert loaded.source
    assert all(source.rights for source in loaded.source)
    assert "es/all" in {product.path for product in loaded.product}


def test_the_sample_can_be_used_with_everything_that_it_only_suggests() -> None:
    lines = sample("newsroom.toml").splitlines()
    tables = "\n".join(
        line.removeprefix("# ") for line in lines[lines.index('subtitle = "Todos los artículos, con su crédito"') + 1 :]
    )
    assert set(tomllib.loads(tables)) == {"product", "partner"}
    everything = config.parse(sample("newsroom.toml") + tables)
    assert [product.path for product in everything.product] == ["es/all", "es/mexico"]
    assert [partner.use for partner in everything.partner] == [UseClass.NON_COMMERCIAL]


def test_the_evidence_in_the_sample_has_the_digest_on_file_and_an_altered_one_is_noticed() -> None:
    [source] = config.parse(sample("newsroom.toml")).source
    assert source.rights is not None
    assert source.rights.terms_text
    assert source.rights.terms_sha256
    assert evidence_intact(source.rights.record()) is None
    altered = source.rights.model_copy(update={"terms_text": source.rights.terms_text.replace("non-commercial ", "")})
    finding = evidence_intact(altered.record())
    assert finding is not None
    assert finding.code == "evidence-altered"


def test_a_secret_may_lie_in_a_file_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv("TVZ_EXAMPLE", "from the variable")
    assert env("TVZ_EXAMPLE") == "from the variable"
    monkeypatch.setenv("TVZ_EXAMPLE_FILE", str(secret))
    assert env("TVZ_EXAMPLE") == "from the file"
    monkeypatch.delenv("TVZ_EXAMPLE_FILE")
    monkeypatch.delenv("TVZ_EXAMPLE")
    assert env("TVZ_EXAMPLE") is None
    assert env("TVZ_EXAMPLE", "default") == "default"


def test_a_licence_that_there_is_not_is_refused_with_those_there_are() -> None:
    said = mistake(f'{PRODUCT}licences = ["by", "cc-0"]\n')
    assert "newsroom.toml, line 4" in said
    assert "'cc-0' is no licence code; did you mean 'cc0'?" in said
    assert config.parse(f'{PRODUCT}licences = ["cc0", "by-sa"]\n').product[0].licences == ("cc0", "by-sa")


def test_licence_codes_are_those_that_can_be_read() -> None:
    from pipeline.rights import licences

    assert set(licences.CODES) | {"cc0", "pdm"} == set(LICENCES)


def test_a_partner_may_want_fewer_formats_but_none_that_there_is_not() -> None:
    assert config.parse(f'{PARTNER}formats = ["rss"]\n').partner[0].formats == ("rss",)
    assert "formats" in mistake(f'{PARTNER}formats = ["rdf"]\n')
