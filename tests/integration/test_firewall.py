"""Nobody sees outcomes by arm on a production ledger without a look of their own: every role, every address."""

import csv
import io
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from equipoise.accounts.models import User
from equipoise.analysis.firewall import Authority
from equipoise.analysis.survival import EndpointEstimate
from equipoise.analysis.traced_lists import LISTS
from equipoise.conduct.actions.trial import OpenTrial
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.kernel.errors import Refusal
from equipoise.ledger import people, perform, read
from equipoise.ledger import secrets as ledger_secrets
from equipoise.ledger.analysing import analyse_record, data_cut, estimate
from equipoise.ledger.pen import Pen
from equipoise.ledger.reporting import dataset_files, written_report
from equipoise.simulation.rehearsal.cast import cast
from equipoise.simulation.rehearsal.director import opening, rehearse
from equipoise.web.blinding import number_of
from ledger_world import flagship

pytestmark = pytest.mark.db

SITES, SUBJECTS = 2, 24
START, UNTIL = date(2024, 1, 8), date(2026, 6, 30)
PASSWORD = "seven grey herons"


@dataclass(frozen=True)
class World:
    """A production ledger with participants followed for two years, and what nobody may learn from it."""

    arms: tuple[str, ...]
    labels: tuple[str, ...]
    secrets: tuple[str, ...]
    own: str
    foreign: str


@pytest.fixture(scope="module")
def world(module_ledger: Any) -> World:
    """The story of a rehearsal, performed on a production ledger under a clock that follows it."""
    _conduct()
    for person in cast(SITES):
        people.make_account(person.user, person.name, PASSWORD)
    people.make_account("second", "Second independent", PASSWORD)
    people.grant("second", "independent_statistician", actor=_sponsor())
    return _world()


def _sponsor() -> Any:
    return next(person for person in cast(SITES) if person.role == "sponsor_admin").actor(signs=True)


def _conduct() -> None:
    loaded, clock = flagship(), [datetime.combine(START, datetime.min.time(), UTC)]
    began = opening(loaded, seed="firewall", start=START, sites=SITES)
    story = rehearse(loaded.protocol, began.people, subjects=SUBJECTS, seed="firewall", start=START, until=UNTIL)
    with pytest.MonkeyPatch.context() as clocked:
        clocked.setattr(Pen, "_moment", lambda pen, now: clock[0])
        clocked.setattr(ledger_secrets, "token_bytes", lambda size: bytes(range(size)))  # the same arms on every run

        def do(step: Any) -> Any:
            clock[0] = step.at
            action = (
                replace(step.action, rehearsal=False, seed="") if isinstance(step.action, OpenTrial) else step.action
            )
            return perform(action, actor=step.actor, key=uuid.uuid4())

        for step in began.steps:
            do(step)
        step = next(story, None)
        while step is not None:
            entries = do(step)
            try:
                step = story.send(entries)
            except StopIteration:
                step = None


def _world() -> World:
    study, protocol = read.study(), flagship().protocol
    assert not study.is_rehearsal
    books = list(read.casebooks().values())
    randomized = [book for book in books if book.randomized]
    assert len({book.arm for book in randomized}) == 2
    cut, secrets, known = data_cut(study.digest_in_force(), cutoff=None, as_of=None), set[str](), set[str]()
    for endpoint in protocol.endpoints:
        if endpoint.kind != "time_to_event":
            continue
        found = estimate(protocol, endpoint, books, cut, Authority("released"))
        pooled = estimate(protocol, endpoint, books, cut, None)
        assert isinstance(found, EndpointEstimate)
        assert isinstance(pooled, EndpointEstimate) or endpoint.depends_on_arm
        secrets |= set(_digits(found))
        known |= set(_digits(pooled)) if isinstance(pooled, EndpointEstimate) else set()
    secrets -= known
    assert len(secrets) > 3
    north = next(book.subject for book in randomized if book.site == "north")
    other = next(book.subject for book in randomized if book.site != "north")
    arms = tuple(arm.id for arm in protocol.arms)
    return World(arms, tuple(arm.label for arm in protocol.arms), tuple(secrets), north, other)


def _digits(found: EndpointEstimate) -> Iterator[str]:
    """The numbers of an estimate with many digits, which nothing else on a page has by chance.

    The times of events are the same pooled and by arm, and a median by arm is one of them: those are no secret. Nor is
    a fraction of small whole numbers: 5 of 12 may be any share of participants.
    """
    numbers = [ratio.value for contrast in found.contrasts for ratio in contrast.ratios]
    numbers += [contrast.logrank.z for contrast in found.contrasts]
    for group in found.groups:
        numbers += [group.median.value, *map(float, group.curve.surv), *map(float, group.curve.time)]
    for number in numbers:
        if number is None or abs(number - Fraction(number).limit_denominator(SUBJECTS)) < 1e-9:
            continue
        if len(f"{number:.10f}".rstrip("0")) > 8:
            yield f"{number:.10f}"[:9]


def client(user: str) -> Client:
    """Somebody signed in."""
    found = Client(raise_request_exception=False)
    found.force_login(User.objects.get(username=user))
    return found


def _patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    for one in (resolver or get_resolver()).url_patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one, path)
        elif isinstance(one, URLPattern):
            yield path, one.name or ""


SIGNS_OUT = frozenset({"account_logout"})
FILL = {"form": ("laboratory", "radiotherapy_course", "tumour_assessment", "central_assessment"),
        "visit": ("baseline", "imaging:1"), "lesion": ("L1", "C1"),
        "occurrence": ("baseline", "1"), "written": ("html", "json"),
        "plot": ("waterfall", "spider", "swimmer")}  # fmt: skip
"""What stands for each part of an address; the subject is given."""


def addresses(subject: str) -> list[tuple[str, str]]:
    """Every address of the application, with its name."""
    found = []
    for path, name in _patterns():
        if name in SIGNS_OUT:
            continue
        choices = [re.sub(r"\(\?P<\w+>(\w+)[^)]*\)", r"\1", path).replace("\\", "").strip("^$")]
        for part, values in {**FILL, "subject": (subject,), "number": (number_of(subject),)}.items():
            choices = [
                re.sub(rf"<(\w+:)?{part}>", value, one) for one in choices for value in values if f"{part}>" in one
            ] or choices
        found += [(f"/{one}", name) for one in dict.fromkeys(choices)]
    assert not [path for path, _ in found if "<" in path], "an address has a part this test cannot fill in"
    return found


def test_every_address_is_tried(world: World) -> None:
    names = {name for _, name in addresses(world.own)}
    assert {"trial", "analysis", "figure-svg", "figure-pdf", "figure-csv", "analysis-json"} <= names
    assert {"derived-rows", "derived-rows-csv", "source-entries", "participant", "primary-svg"} <= names
    assert len(names) > 45


ONE_PARTICIPANT = re.compile(r"^/participants/[^/]+/")
DESCRIBES = ("/protocol/", "/administration/contingency/")
"""Pages that say what the arms are, or let one be chosen, and nothing of what became of anyone."""


@pytest.mark.parametrize("role", [role for role in ROLES if role != "system"])
def test_no_address_gives_outcomes_by_arm(world: World, role: str) -> None:
    """No number that only an analysis by arm has, and no arm beside anything but one participant one may know it of."""
    user = next(person.user for person in cast(SITES) if person.role == role and person.site in (None, "north"))
    browser, opened, broken = client(user), 0, []
    for path, _ in addresses(world.own):
        of_the_trial = path.startswith(("/analysis", "/trial"))
        for query in ("", "?look=interim", "?by=arm&strata=none&endpoint=os") if of_the_trial else ("",):
            asked = path + query
            response = browser.get(asked)
            text = response.content.decode(errors="replace")
            opened += response.status_code == 200
            if response.status_code == 500:
                broken.append(asked)
            leaked = [number for number in world.secrets if number in text]
            assert not leaked, (role, asked, leaked)
            may_know = ONE_PARTICIPANT.match(path) and Permission.SEE_ARM in ROLES[role].permissions
            if not path.startswith(DESCRIBES) and not may_know:
                assert not [label for label in world.labels if label in text], (role, asked)
    assert opened > 5
    assert not broken


@pytest.mark.parametrize("role", [role for role in ROLES if role != "system"])
def test_estimates_are_pooled_or_refused(world: World, role: str) -> None:
    user = next(person.user for person in cast(SITES) if person.role == role and person.site in (None, "north"))
    browser = client(user)
    response = browser.get("/analysis/estimates.json")
    if Permission.SEE_POOLED not in ROLES[role].permissions:
        assert response.status_code == 403
        return
    content = json.loads(response.content)
    assert content["by_arm"] is None
    for endpoint in content["endpoints"]:
        assert [group["arm"] for group in endpoint["groups"]] == ["all"]
        assert endpoint["contrasts"] == []
    rows = list(csv.DictReader(io.StringIO(browser.get("/analysis/figure.csv").content.decode())))
    assert {row["group"] for row in rows} == {"all"}
    assert rows[0]["rehearsal"] == "False"
    assert b"All participants" in browser.get("/analysis/figure.svg").content


@pytest.mark.parametrize("role", [role.id for role in ROLES.values() if role.at_site])
def test_participants_of_another_site_do_not_exist(world: World, role: str) -> None:
    browser = client(f"{role.replace('_', '-')}-north")
    for path, name in addresses(world.foreign):
        if ONE_PARTICIPANT.match(path) and world.foreign in path:
            response = browser.get(path)
            assert response.status_code in (403, 404, 405), (path, name, response.status_code)
            assert "<main" not in response.content.decode() or world.foreign not in _main(response)
    listed = browser.get("/participants/?list=1").content.decode()
    assert world.own in listed
    assert world.foreign not in listed


def _main(response: Any) -> str:
    """The page without its alert, which repeats the number that was asked for."""
    text = response.content.decode().split("<main", 1)[-1]
    return re.sub(r'role="alert".*?</p>', "", text, flags=re.DOTALL)


def _take(browser: Client, look: str, password: str = PASSWORD) -> Any:
    return browser.post("/analysis/look", {"look": look, "password": password, "key": str(uuid.uuid4())})


@pytest.fixture
def look(world: World) -> str:
    """A look authorised, in the browser, for one of the two independent statisticians."""
    if "interim" not in read.study().looks:
        data = {
            "act": "authorize", "look": "interim", "purpose": "planned interim analysis", "cutoff": "2025-12-31",
            "plan": flagship().digest, "user": "independent-statistician", "password": PASSWORD,
        }  # fmt: skip
        response = client("sponsor-admin").post("/administration/looks/", data | {"key": str(uuid.uuid4())})
        assert response.status_code == 302
    return "interim"


@pytest.mark.parametrize("user", ["statistician", "second", "sponsor-admin", "coordinator-north", "data-manager"])
def test_a_look_is_for_those_it_names(world: World, look: str, user: str) -> None:
    browser, before = client(user), len(read.study().looks_taken)
    assert _take(browser, look).status_code in (403, 409)
    assert len(read.study().looks_taken) == before
    for address in ("/analysis/", "/analysis/figure.svg", "/analysis/figure.csv", "/analysis/estimates.json"):
        assert browser.get(f"{address}?look={look}").status_code == 403


def test_a_look_is_written_down_before_it_shows_and_keeps_its_cut(world: World, look: str) -> None:
    browser = client("independent-statistician")
    assert browser.get(f"/analysis/estimates.json?look={look}").status_code == 403
    assert _take(browser, look, password="not mine").status_code == 409
    assert not read.study().looks_taken
    position = read.head()[0]
    assert _take(browser, look).status_code == 302
    (taken, header) = read.study().looks_taken[0]
    assert (taken.look, header.actor.user, taken.cutoff) == (look, "independent-statistician", "2025-12-31")
    assert taken.as_of >= position
    asked = f"/analysis/estimates.json?look={look}&cutoff=2030-01-01&as_of=5"
    content = json.loads(browser.get(asked).content)
    assert content["by_arm"] == {"ground": "look", "look": look}
    assert content["stamp"]["cutoff"] == "2025-12-31"
    assert content["stamp"]["ledger_position"] == taken.as_of
    assert {group["arm"] for group in content["endpoints"][0]["groups"]} == set(world.arms)
    page = browser.get(f"/analysis/?look={look}").content.decode()
    assert all(label in page for label in world.labels)
    pooled = json.loads(browser.get("/analysis/estimates.json").content)
    assert pooled["by_arm"] is None, "without naming the look, even its taker sees pooled figures"
    assert client("second").get(f"/analysis/?look={look}").status_code == 403


# FROM A NUMBER TO ITS ROWS AND ENTRIES

SEES_ROWS = [role for role in ROLES if role != "system" and Permission.SEE_SOURCES in ROLES[role].permissions]
COUNT = re.compile(r'<a class="count" href="([^"]+)"[^>]*>(\d+)</a>')
WHOLE_TRIAL = [role for role in SEES_ROWS if not ROLES[role].at_site]


def _user(role: str) -> str:
    return next(person.user for person in cast(SITES) if person.role == role and person.site in (None, "north"))


def allows_arm(role: str) -> bool:
    """Whether a role knows the arms of the participants it may see."""
    return Permission.SEE_ARM in ROLES[role].permissions


def _rows(browser: Client, query: str) -> list[dict[str, str]]:
    response = browser.get(f"/analysis/rows.csv?{query}")
    assert response.status_code == 200, (query, response.status_code)
    return list(csv.DictReader(io.StringIO(response.content.decode())))


@pytest.mark.parametrize("role", [role for role in ROLES if role != "system"])
def test_rows_are_for_those_who_may_and_never_tell_an_arm(world: World, role: str) -> None:
    browser, books = client(_user(role)), read.casebooks()
    if role not in SEES_ROWS:
        for address in ("/analysis/rows/", "/analysis/rows.csv", "/analysis/entries/", "/analysis/report.html"):
            assert browser.get(address).status_code == 403
        return
    randomized = {book.subject for book in books.values() if book.randomized}
    own = {subject for subject in randomized if not ROLES[role].at_site or books[subject].site == "north"}
    for query in ("endpoint=pfs", "endpoint=os&population=safety", "endpoint=residual_control&measure=lesion",
                  "endpoint=response", "of=flow&tag=randomized", "of=exposure", "of=lesions", "of=timing",
                  "of=compliance&tag=returned", "of=patterns", "endpoint=pfs&tag=subgroup:age:64"):  # fmt: skip
        rows = _rows(browser, query)
        assert {row["SUBJID"] for row in rows} <= own, query
        assert rows
        assert "ARMCD" not in rows[0]
        page = browser.get(f"/analysis/rows/?{query}").content.decode()
        assert not [label for label in world.labels if label in page]
    assert {row["SUBJID"] for row in _rows(browser, "endpoint=pfs")} == own
    for arm in world.arms:
        for address in ("/analysis/rows/", "/analysis/rows.csv"):
            assert browser.get(f"{address}?endpoint=pfs&group={arm}").status_code == 403
            for of in LISTS:
                assert browser.get(f"{address}?of={of}&group={arm}").status_code == 403
    assert not _rows(browser, "endpoint=pfs&population=per_protocol"), "who belongs depends on the arm"
    treated = {row["SUBJID"] for row in _rows(browser, "of=radiotherapy")}
    knows = {subject for subject in own if allows_arm(role)}
    assert treated == knows, "who was irradiated tells the arm"
    assert bool(_rows(browser, "of=radiotherapy&tag=rt:irradiated")) == bool(knows)


def test_every_count_of_a_page_is_the_number_of_its_rows(world: World) -> None:
    browser, tried = client("statistician"), 0
    pages = ["/trial/", *(f"/analysis/?endpoint={one.id}" for one in flagship().protocol.endpoints)]
    pages += ["/analysis/?endpoint=residual_control&measure=lesion", "/analysis/?endpoint=os&cutoff=2025-06-30"]
    for address in pages:
        page = browser.get(address).content.decode()
        for link, number in COUNT.findall(page):
            query = link.replace("&amp;", "&").split("?", 1)[1]
            if "stopped%3A" in query or "related_radiotherapy" in query:
                assert _rows(browser, query) == [], "being on such a list may tell the arm"
                continue
            rows = _rows(browser, query)
            assert int(number) in (len(rows), len({row["SUBJID"] for row in rows})), (address, query)
            tried += 1
    assert tried > 80


@pytest.mark.parametrize("role", [role for role in ROLES if role != "system"])
def test_what_is_derived_of_a_participant_is_for_those_near_and_tells_no_arm(world: World, role: str) -> None:
    browser, asked = client(_user(role)), f"of=participant&participant={world.own}"
    if role not in SEES_ROWS:
        assert browser.get(f"/analysis/rows/?{asked}").status_code == 403
        return
    rows = _rows(browser, asked)
    assert {row["SUBJID"] for row in rows} == {world.own}
    assert "ARMCD" not in rows[0]
    assert {"PFS", "OS", "BOR", "TTDQL"} <= {row["PARAMCD"] for row in rows}
    assert all(row["SRCSEQ"] for row in rows)
    assert ("PFS_CONTAMINATION" in {row["PARAMCD"] for row in rows}) == allows_arm(role)
    assert ("PFS_CENTRAL" in {row["PARAMCD"] for row in rows}) == (not ROLES[role].at_site)
    for place, row in list(enumerate(rows))[:6]:
        page = browser.get(f"/analysis/entries/?{asked}&subject={row['SUBJID']}&row={place}")
        assert page.status_code == 200
    assert browser.get(f"/analysis/rows/?{asked}&group={world.arms[0]}").status_code == 403
    for who in ("nobody", "", *([world.foreign] if ROLES[role].at_site else [])):
        assert browser.get(f"/analysis/rows/?of=participant&participant={who}").status_code == 404
    if Permission.SEE_SUBJECTS in ROLES[role].permissions:
        assert "/analysis/rows/?of=participant" in browser.get(f"/participants/{world.own}/").content.decode()


def test_arms_hidden_on_purpose_change_nothing_where_they_are_hidden_anyway(world: World, look: str) -> None:
    page = client("statistician").get("/analysis/?arms=hidden").content.decode()
    assert "Show the arms" not in page
    for arms in ("hidden", "shown", "visible"):
        assert client("statistician").get(f"/analysis/rows/?arms={arms}&group={world.arms[0]}").status_code == 403
    taker = client("independent-statistician")
    if look not in {fact.look for fact, _ in read.study().looks_taken}:
        assert _take(taker, look).status_code == 302
    assert "Hide the arms" not in taker.get(f"/analysis/?look={look}").content.decode()


CELL = re.compile(r'<a href="(/analysis/rows/\?[^"]+)">(\d+)[^<]*</a>')
BEHIND_TABLES = ("of=exposure", "of=lesions", "of=radiotherapy", "of=timing", "of=compliance", "of=patterns",
                 "of=subjects", "endpoint=pfs_", "change%3A", "deterioration%3A")  # fmt: skip


def _tables(page: str) -> list[tuple[str, int]]:
    """Every count of the report's tables: what it asks for, and the number."""
    return [(link.replace("&amp;", "&").split("?", 1)[1], int(number)) for link, number in CELL.findall(page)]


def _agree(browser: Client, counts: list[tuple[str, int]], tried: int) -> None:
    """Hold each count against the rows it leads to, as rows or as participants."""
    for query, number in counts:
        rows = _rows(browser, query)
        assert number in (len(rows), len({row["SUBJID"] for row in rows})), query
        assert all(row["SRCSEQ"] for row in rows), query
    assert len(counts) > tried


def test_every_count_of_the_pooled_report_is_the_number_of_its_rows(world: World) -> None:
    browser = client("data-manager")
    counts = _tables(browser.get("/analysis/report.html").content.decode())
    _agree(browser, [one for one in counts if "per_protocol" not in one[0]], 150)
    asked = " ".join(query for query, _ in counts)
    assert not [part for part in BEHIND_TABLES if part not in asked]
    blind = client("statistician")
    for query, _ in counts:
        if "of=radiotherapy" in query:
            assert not _rows(blind, query)


def test_entries_behind_a_row_hold_its_value_and_nothing_that_tells_an_arm(world: World) -> None:
    browser, query = client("statistician"), "endpoint=pfs&tag=event"
    for place, row in enumerate(_rows(browser, query)):
        asked = f"/analysis/entries/?{query}&subject={row['SUBJID']}&row={place}"
        page = browser.get(asked).content.decode()
        for position in row["SRCSEQ"].split(";"):
            assert f'<td class="number">{position}</td>' in page
        assert row["ADT"] in page
        assert not [label for label in world.labels if label in page]
        assert "out_of_field" not in page
        assert "Relation to irradiated volumes" not in page
    assert place > 2
    team = client("coordinator-north")
    mine = _rows(team, "endpoint=pfs")
    assert team.get(f"/analysis/entries/?endpoint=pfs&subject={mine[0]['SUBJID']}&row=0").status_code == 200
    assert team.get(f"/analysis/entries/?endpoint=pfs&subject={world.foreign}&row=0").status_code == 409
    assert browser.get(f"/analysis/entries/?endpoint=pfs&subject={mine[0]['SUBJID']}&row=99").status_code == 409


def test_sites_see_no_rows_of_central_readings(world: World) -> None:
    central = next((one.id for one in flagship().protocol.endpoints if one.reader == "central"), None)
    if central is None:
        pytest.skip("the protocol has no central review")
    assert not _rows(client("investigator-north"), f"endpoint={central}")
    assert _rows(client("statistician"), f"endpoint={central}")


def test_rows_by_arm_open_with_the_look_that_was_taken(world: World, look: str) -> None:
    taker = client("independent-statistician")
    if not read.study().looks_taken:
        assert _take(taker, look).status_code == 302
    rows = _rows(taker, f"look={look}&endpoint=pfs&group={world.arms[0]}")
    assert {row["ARMCD"] for row in rows} == {world.arms[0]}
    assert all(row["cutoff"] == "2025-12-31" and row["ADT"] <= "2025-12-31" for row in rows)
    for user in ("second", "statistician", "sponsor-admin", "coordinator-north"):
        assert client(user).get(f"/analysis/rows/?look={look}&group={world.arms[0]}").status_code == 403
        assert client(user).get(f"/analysis/report.html?look={look}").status_code == 403


@pytest.mark.parametrize("role", WHOLE_TRIAL)
def test_the_report_is_pooled_and_its_numbers_lead_to_their_rows(world: World, role: str) -> None:
    browser = client(_user(role))
    response = browser.get("/analysis/report.html")
    assert response.status_code == 200
    assert "script" not in response.headers["Content-Security-Policy"]
    page = response.content.decode()
    assert not [number for number in world.secrets if number in page]
    links = re.findall(r'href="(/analysis/rows/\?[^"]+)"', page)
    assert len(links) > 30
    assert not [link for link in links if "group=rt" in link or "group=control" in link]
    assert browser.get(links[0].replace("&amp;", "&")).status_code == 200


FINAL = "final"


def _written(form: str, *, user: str = "", look: str = "", pooled: bool = False, password: str = PASSWORD) -> bytes:
    return written_report(
        flagship(), flagship().protocol, form=form, language="en", cutoff=date(2026, 6, 1), as_of=None, pooled=pooled,
        look=look, user=user, password=password,
    )  # fmt: skip


def _authorize(**changed: str) -> Any:
    data = {
        "act": "authorize", "look": FINAL, "purpose": "final analysis", "cutoff": "2026-06-01",
        "plan": flagship().digest, "user": "independent-statistician", "password": PASSWORD, "key": str(uuid.uuid4()),
    }  # fmt: skip
    return client("sponsor-admin").post("/administration/looks/", data | changed)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"look": "whenever"}, "plans no look"),
        ({"cutoff": "2999-01-01"}, "future"),
        ({"cutoff": "2023-12-31"}, "before the first randomization"),
        ({"plan": "0" * 64}, "No protocol version"),
        ({"password": "not mine"}, "password"),
    ],
)
def test_a_look_is_authorised_only_as_planned(world: World, changed: dict[str, str], says: str) -> None:
    answer = _authorize(**changed)
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert changed.get("look", FINAL) not in read.study().looks


@pytest.fixture
def final(world: World) -> str:
    """The last look, authorised for one of the two independent statisticians."""
    if FINAL not in read.study().looks:
        assert _authorize().status_code == 302
    return FINAL


EVERY_USER = [*(person.user for person in cast(SITES) if person.site in (None, "north")), "second", "nobody", ""]


@pytest.mark.parametrize("user", [user for user in EVERY_USER if user != "independent-statistician"])
def test_no_command_gives_outcomes_by_arm_to_another(world: World, final: str, user: str) -> None:
    before = len(read.study().looks_taken)
    asked: dict[str, Any] = {"cutoff": None, "as_of": None, "look": final, "user": user, "password": PASSWORD}
    for form in ("html", "json", "pdf"):
        with pytest.raises(Refusal):
            _written(form, user=user, look=final)
    for command in (analyse_record, dataset_files):
        with pytest.raises(Refusal):
            command(flagship(), **asked)
    with pytest.raises(Refusal):
        _written("json", user="independent-statistician", look=final, password="not mine")
    assert len(read.study().looks_taken) == before


def test_without_a_look_every_file_is_pooled(world: World) -> None:
    page = _written("html").decode()
    content = json.loads(_written("json"))
    assert content["estimates"]["look"] is None
    assert all(endpoint["contrasts"] == [] for endpoint in content["estimates"]["endpoints"])
    for text in (page, json.dumps(content), json.dumps(analyse_record(flagship(), cutoff=None, as_of=None))):
        assert not [number for number in _ratios() if number in text]
    made = dataset_files(flagship(), cutoff=None, as_of=None)
    assert made.is_blinded
    told = b"\n".join(content for name, content in made.files.items() if name.endswith(".csv")).decode()
    assert not [label for label in world.labels if label in told]
    assert not {"PFSCONTA", "PFSPERPR"} & {row["PARAMCD"] for row in _of_csv(made.files["adtte.csv"])}


def _of_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def _ratios() -> list[str]:
    """Hazard ratios and log-rank statistics by arm, with digits that nothing pooled has by chance."""
    books, cut = list(read.casebooks().values()), data_cut(flagship().digest, cutoff=None, as_of=None)
    told = []
    for endpoint in flagship().protocol.endpoints:
        if endpoint.kind == "time_to_event":
            found = estimate(flagship().protocol, endpoint, books, cut, Authority("released"))
            assert isinstance(found, EndpointEstimate)
            numbers = [found.contrasts[0].logrank.z, *(ratio.value for ratio in found.contrasts[0].ratios)]
            told += [f"{number:.10f}"[:9] for number in numbers if number is not None]
    assert len(told) > 10
    return told


def test_every_count_of_the_closed_report_is_the_number_of_its_rows(world: World, look: str) -> None:
    taker = client("independent-statistician")
    if look not in {fact.look for fact, _ in read.study().looks_taken}:
        assert _take(taker, look).status_code == 302
    counts = _tables(taker.get(f"/analysis/report.html?look={look}").content.decode())
    asked = " ".join(query for query, _ in counts)
    for arm in world.arms:
        for part in (*BEHIND_TABLES[:5], "endpoint=pfs&", "subgroup%3A"):
            assert re.search(f"{part}[^ ]*group={arm}|group={arm}[^ ]*{part}", asked), (part, arm)
    _agree(taker, counts, 200)
    for user in ("statistician", "data-manager", "sponsor-admin"):
        for query, _ in counts[:: len(counts) // 12]:
            assert client(user).get(f"/analysis/rows/?{query}").status_code == 403


def test_the_independent_statistician_gets_the_closed_report_and_others_the_open_one(world: World, final: str) -> None:
    content = json.loads(_written("json", user="independent-statistician", look=final))
    taken, header = read.study().looks_taken[-1]
    assert (taken.look, header.actor.user, taken.cutoff) == (final, "independent-statistician", "2026-06-01")
    assert taken.plan == flagship().digest
    look = content["estimates"]["look"]
    assert (look["id"], look["alpha"], look["spent_before"], look["spent"]) == (final, 0.1, 0, 0.1)
    assert look["critical_value"] == pytest.approx(1.2816, abs=5e-5)
    assert [result["arm"] for result in look["results"]] == ["rt"]
    assert content["stamp"]["cutoff"] == "2026-06-01"
    said = next(section for section in content["sections"] if section["id"] == "look")
    assert "spends what is left" in said["blocks"][1]["text"]
    page = _written("html", user="independent-statistician", look=final).decode()
    assert all(label in page for label in world.labels)
    assert "spends what is left" in page
    assert _written("pdf", user="independent-statistician", look=final).startswith(b"%PDF")
    opened = _written("html", pooled=True).decode()
    assert "spends what is left" not in opened
    assert not [number for number in _ratios() if number in opened]
