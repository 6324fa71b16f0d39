"""Three made-up people and their enterprise, with pages written by hand, for tests of the API and of the browser."""

import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from api.__main__ import make_demo_keys
from api.scopes import RESIDENT
from api.settings import ApiSettings
from profiles.identity.keys import Keys, pseudonym, seal
from recommender import own_file
from recommender.acting import handle
from recommender.catalogue import load
from recommender.choices import Notice
from recommender.forms import Forms
from recommender.generation import Generation
from recommender.own_file import OwnFile, pack, tags_as_json
from recommender.page import (
    Ahead,
    BundleProgress,
    DueItem,
    Fact,
    HeldDocument,
    Likely,
    Mandate,
    OpenCase,
    Page,
    Question,
    Reason,
    Suggestion,
    Vacancy,
    Weight,
    encode,
)
from recommender.prefill import Held
from recommender.store import Store

DAY = date(2026, 11, 22)
AS_OF = date(2026, 11, 20)
EXPIRES = DAY + timedelta(days=29)
# Numbers of no one: the division 310199 does not exist.
MOTHER, RETIREE, STRANGER = "310199199203140028", "310199195105060013", "310199198001010016"
CAFE_CODE, OTHER_CODE = "91310199MA1H000001", "91310199MA1H000002"
POPULAR = {
    "person": ["id_card_renewal", "medical_insurance_enrolment", "passport_renewal", "vehicle_inspection"],
    "enterprise": ["annual_report_filing", "trademark_registration"],
}
GENERATION = Generation(DAY, 1, "5eed")


@dataclass(frozen=True)
class Stage:
    """A published store, the keys behind it, and a way to sign tokens."""

    settings: ApiSettings
    keys: Keys
    signing: ECKey

    def person(self, number: str) -> str:
        return pseudonym(self.keys, "person", number)

    def enterprise(self, code: str) -> str:
        return pseudonym(self.keys, "enterprise", code)

    def handle(self, number: str, code: str) -> str:
        return handle(self.person(number), self.enterprise(code))

    def token(self, number: str = MOTHER, **changes: object) -> str:
        """A token that is valid but for the changes; a claim set to None is left out."""
        now = int(self.settings.now().timestamp())
        claims: dict[str, object] = {
            "iss": self.settings.token_issuer,
            "aud": self.settings.token_audience,
            "iat": now,
            "exp": now + 600,
            "sub": "resident",
            "jti": secrets.token_hex(8),
            "client_id": "portal",
            "scope": " ".join(RESIDENT),
            "resident_id": number,
        }
        kept = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        header = {"typ": "at+jwt", "alg": "ES256", "kid": self.signing.kid}
        return jwt.encode(header, kept, self.signing, algorithms=["ES256"])

    def environment(self) -> dict[str, str]:
        """The settings as a process of its own takes them."""
        given = self.settings
        return {
            "YIDANG_STORE_URL": given.store_url,
            "YIDANG_STORE_TIMEOUT": "30",
            "YIDANG_PSEUDONYM_KEY": given.pseudonym_key,
            "YIDANG_VAULT_KEY": given.vault_key,
            "YIDANG_KEY_ID": given.key_id,
            "YIDANG_TOKEN_JWKS": str(given.token_jwks),
            "YIDANG_DEMO_PERSONAS": str(given.demo_personas),
            "YIDANG_DEMO_SIGNING_KEY": str(given.demo_signing_key),
            "YIDANG_DAY": given.today().isoformat(),
        }

    def bearer(self, number: str = MOTHER, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(number)}", **more}


def set_stage(folder: Path, store_url: str) -> Stage:
    """Write keys and personas into ``folder``, pages and one reminder into the store."""
    env = make_demo_keys(folder)
    given = dict(line.split("=", 1) for line in env.read_text().splitlines())
    personas = [
        persona("mother", MOTHER, "沈知夏", "新手妈妈，港澳通行证29天后到期", "New mother, permit expires in 29 days"),
        persona("retiree", RETIREE, "顾长庚", "75岁退休老人，养老金认证临近", "Retired, 75, pension check coming up"),
        persona("stranger", STRANGER, "陆未明", "刚来本市，还没有任何记录", "Just arrived, nothing on file yet"),
    ]
    (folder / "personas.json").write_text(json.dumps({"personas": personas}, ensure_ascii=False))
    settings = ApiSettings.load(
        store_url=store_url,
        store_timeout=5,
        day=DAY,
        demo_personas=folder / "personas.json",
        **{name.removeprefix("YIDANG_").lower(): value for name, value in given.items()},
    )
    signing = ECKey.import_key(json.loads((folder / "signing-key.json").read_text()))
    stage = Stage(
        settings, Keys.from_hex(settings.pseudonym_key, settings.vault_key, settings.key_id, demo=True), signing
    )
    with Store(store_url) as store:
        store.publish(GENERATION, rows(stage), POPULAR, files(stage))
        notice = Notice("r-hkm-30", "HKM_PERMIT", EXPIRES, 30, DAY - timedelta(days=1), "hkm_permit_renewal")
        store.put_reminders([(stage.person(MOTHER), notice)])
    return stage


def persona(key: str, number: str, name: str, zh: str, en: str) -> dict[str, str]:
    return {"key": key, "resident_id": number, "name": name, "zh": zh, "en": en}


def rows(stage: Stage) -> list[tuple[str, bytes]]:
    """The pages of everyone but the stranger."""
    pages = {
        stage.person(MOTHER): _mother(stage),
        stage.person(RETIREE): _retiree(stage),
        stage.enterprise(CAFE_CODE): _cafe(),
        stage.enterprise(OTHER_CODE): Page("enterprise", DAY, "别家贸易有限公司"),
    }
    return [(subject, encode(page)) for subject, page in pages.items()]


def files(stage: Stage) -> list[tuple[str, bytes]]:
    """The files of the mother and of the café."""
    return [(stage.person(MOTHER), packed(_mothers_file(stage))), (stage.enterprise(CAFE_CODE), packed(_cafes_file()))]


def packed(file: OwnFile) -> bytes:
    """The file as the store has it."""
    columns = msgspec.structs.replace(file, tags=())
    return pack(msgspec.json.encode(columns).decode().replace(',"tags":[]', ""), tags_as_json(file.tags))


def _mothers_file(stage: Stage) -> OwnFile:
    me = stage.person(MOTHER)

    def sealed(name: str, value: str) -> own_file.Fact:
        return own_file.Fact(
            name, "residents", seal(stage.keys, me, name, value), AS_OF, None, None, "restricted", True
        )

    return OwnFile(
        facts=(
            sealed("name", "沈知夏"),
            sealed("address", "浦东新区玉兰路8号"),
            own_file.Fact("sex", "residents", "female", AS_OF),
            own_file.Fact("hukou_division", "residents", "310115", AS_OF, date(2016, 5, 9)),
        ),
        documents=(
            own_file.Document(
                "ID_CARD", "documents", seal(stage.keys, me, "number", MOTHER), expires_on=date(2036, 5, 9), as_of=AS_OF
            ),
        ),
        links=(
            own_file.Link("child", "vital_events", since=date(2026, 9, 1), as_of=AS_OF),
            own_file.Link("mandate", "mandates", "legal_representative", name="上海玉兰里餐饮管理有限公司"),
        ),
        events=(
            own_file.Event("moved", date(2024, 3, 1), "residents", AS_OF),
            own_file.Event("birth", date(2026, 9, 1), "vital_events", AS_OF),
        ),
        cases=(own_file.Case("maternity_allowance", "in_progress", date(2026, 11, 12), "cases"),),
        tags=(
            own_file.Tag("just_moved", date(2024, 3, 1), date(2024, 8, 28)),
            own_file.Tag("local_resident", date(2000, 1, 1)),
            own_file.Tag(
                "new_parent",
                date(2026, 9, 1),
                date(2027, 9, 1),
                ("has_child_aged(0, 1)",),
                (own_file.Evidence("link:child", "vital_events", AS_OF),),
            ),
        ),
    )


def _cafes_file() -> OwnFile:
    return OwnFile(facts=(own_file.Fact("industry", "enterprises", "6210", AS_OF, sensitivity="public"),))


def _mother(stage: Stage) -> Page:
    me = stage.person(MOTHER)
    born = Reason("has_child_aged(0, 1)", "vital_events", AS_OF)
    lives = Reason("lives_in('31')", "residents", AS_OF)
    return Page(
        kind="person",
        day=DAY,
        name=seal(stage.keys, me, "name", "沈知夏"),
        suggestions=(
            Suggestion(
                "newborn_medical_insurance",
                0.81,
                (born, lives),
                (Weight("new_parent", 1.42), Weight("senior_60", -0.2)),
            ),
            Suggestion("childcare_subsidy", 0.64, (born,), (Weight("new_parent", 1.1),)),
            Suggestion("newborn_hukou", 0.55, (born,), (Weight("new_parent", 0.9),)),
            Suggestion("hkm_permit_renewal", 0.41, (Reason("expires_within('HKM_PERMIT', 30)", "documents", AS_OF),)),
            Suggestion("a_service_of_the_past", 0.4),
        ),
        due=(
            DueItem("HKM_PERMIT", EXPIRES, "hkm_permit_renewal", "documents", AS_OF),
            DueItem(
                "DRIVING_LICENCE",
                DAY + timedelta(days=200),
                "driving_licence_renewal",
                "documents",
                AS_OF,
                DAY + timedelta(days=170),
            ),
        ),
        documents=(
            HeldDocument(
                "ID_CARD",
                seal(stage.keys, me, "number", MOTHER),
                "上海市公安局浦东分局",
                date(2016, 5, 9),
                date(2036, 5, 9),
                "valid",
                "documents",
                AS_OF,
            ),
            HeldDocument(
                "HKM_PERMIT",
                seal(stage.keys, me, "number", "CA0000028"),
                "上海市公安局出入境管理局",
                date(2016, 12, 22),
                EXPIRES,
                "valid",
                "documents",
                AS_OF,
            ),
            HeldDocument(
                "PASSPORT",
                seal(stage.keys, me, "number", "EA0000028"),
                "国家移民管理局",
                date(2015, 3, 2),
                date(2025, 3, 1),
                "valid",
                "documents",
                AS_OF,
            ),
        ),
        bundles=(BundleProgress("newborn", ("birth_registration",), ("maternity_allowance",), (born,)),),
        in_progress=(OpenCase("maternity_allowance", date(2026, 11, 12), "cases"),),
        mandates=(Mandate(stage.enterprise(CAFE_CODE), "上海玉兰里餐饮管理有限公司", "legal_representative"),),
        questions=(Question("public_rental_housing", ("fact:home_kind",)),),
        ahead=(
            Ahead(DAY, "just_moved", False),
            Ahead(
                DAY + timedelta(days=90),
                "child_starting_kindergarten",
                True,
                (Fact("link:child", "vital_events", AS_OF), Fact("fact:hukou_division", "residents", AS_OF)),
            ),
            Ahead(DAY + timedelta(days=365), "new_parent", False),
        ),
        likely=(
            Likely("likely_to_move", DAY + timedelta(days=60), ("new_parent", "aged_30")),
            Likely("likely_to_retire", DAY - timedelta(days=1)),
        ),
        held=_held("document:ID_CARD", "fact:name", "fact:address", "event:birth", "link:child"),
        vacancies=(
            Vacancy(
                "ZP000031",
                "咖啡师",
                "玉兰里咖啡",
                "310115",
                "",
                6000,
                8000,
                2,
                DAY + timedelta(days=9),
                AS_OF,
                (Weight("own_district", 0.7), Weight("of_another_release", 0.1)),
            ),
            Vacancy(
                "ZP000032",
                "会计",
                "云序信息科技",
                "310101",
                "bachelor",
                0,
                0,
                1,
                DAY + timedelta(days=1),
                AS_OF,
                (Weight("asked_education", 0.3),),
            ),
            Vacancy("ZP000033", "店长", "玉兰里咖啡", "310115", "", 9000, 9000, 1, DAY - timedelta(days=1), AS_OF),
        ),
        seeks=("new_graduate",),
    )


def _held(*reads: str) -> bytes:
    told = {read: Held(read, None, True, "residents", AS_OF, "A") for read in reads}
    return Forms(load(), "person").pack(told)


def _retiree(stage: Stage) -> Page:
    me = stage.person(RETIREE)
    return Page(
        kind="person",
        day=DAY,
        name=seal(stage.keys, me, "name", "顾长庚"),
        suggestions=(
            Suggestion("senior_card", 0.7, (Reason("aged(60)", "residents", AS_OF),), (Weight("senior_70", 0.8),)),
        ),
        due=(DueItem("pension_check", DAY + timedelta(days=5), "pension_check", "social_insurance", AS_OF),),
    )


def _cafe() -> Page:
    return Page(
        kind="enterprise",
        day=DAY,
        name="上海玉兰里餐饮管理有限公司",
        suggestions=(
            Suggestion(
                "drainage_permit", 0.5, (Reason("tag('catering')", "enterprises", AS_OF),), (Weight("catering", 1.2),)
            ),
            Suggestion("signboard_filing", 0.4, (Reason("tag('newly_founded')", "enterprises", AS_OF),)),
        ),
        due=(DueItem("FOOD_PERMIT", DAY + timedelta(days=3), "food_permit_renewal", "permits", AS_OF),),
        documents=(
            HeldDocument(
                "BUSINESS_LICENCE", CAFE_CODE, "上海市市场监督管理局", date(2026, 7, 1), None, "valid", "permits", AS_OF
            ),
            HeldDocument(
                "FOOD_PERMIT",
                "JY23101990000001",
                "黄浦区市场监督管理局",
                date(2025, 11, 25),
                DAY + timedelta(days=3),
                "valid",
                "permits",
                AS_OF,
            ),
        ),
        bundles=(
            BundleProgress(
                "open_a_restaurant", ("tax_registration",), (), (Reason("tag('catering')", "enterprises", AS_OF),)
            ),
        ),
    )
