"""What an amendment changes: power and duration with the same chance behind both versions, and whom it concerns."""

import json
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from equipoise.analysis.amendment import concerned
from equipoise.cli.main import main
from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook
from equipoise.kernel.errors import EstimationError, InputError
from equipoise.protocol.load import load
from equipoise.protocol.model import Protocol
from equipoise.protocols import shipped
from equipoise.simulation.amendment import amendment_forecast, growth_kept
from equipoise.simulation.planned_design import planned_design

TRIALS = 2000


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    """The flagship's, with its first scenario alone."""
    whole = load(shipped("nct07014202"), "nct07014202.yaml").protocol
    return replace(whole, scenarios=whole.scenarios[:1])


def with_events(protocol: Protocol, events: int) -> Protocol:
    """The same protocol analysed at so many events."""
    return replace(protocol, analysis=replace(protocol.analysis, target_events=events))


def test_the_same_design_changes_nothing(protocol: Protocol) -> None:
    (found,) = amendment_forecast(protocol, protocol, trials=400, seed=1).changes
    assert found.same
    assert (found.power.change, found.power.lower, found.power.upper) == (0.0, 0.0, 0.0)


def test_fewer_events_cost_power_and_save_time(protocol: Protocol) -> None:
    fewer = with_events(protocol, 60)
    (found,) = amendment_forecast(protocol, fewer, trials=TRIALS, seed=1).changes
    closed = planned_design(fewer).power - planned_design(protocol).power
    assert found.power.change == pytest.approx(closed, abs=0.04)
    assert found.duration.change is not None
    assert found.duration.change < -5.0
    assert found.events.change == pytest.approx(-30.0, abs=0.3)


def test_common_chance_narrows_the_interval_of_the_change(protocol: Protocol) -> None:
    """Against the width that two independent runs of as many trials would have."""
    (found,) = amendment_forecast(protocol, with_events(protocol, 85), trials=TRIALS, seed=1).changes
    power = found.power
    assert power.old is not None
    assert power.new is not None
    assert power.lower is not None
    assert power.upper is not None
    variance = sum(share * (1 - share) / TRIALS for share in (power.old, power.new))
    assert power.lower < power.change < power.upper  # type: ignore[operator]
    assert power.upper - power.lower < 0.8 * 2 * 1.96 * math.sqrt(variance)


def test_intervals_hold_a_change_known_from_many_trials(protocol: Protocol) -> None:
    other = with_events(protocol, 75)
    (known,) = amendment_forecast(protocol, other, trials=40_000, seed="long", threads=2).changes
    inside = 0
    for seed in range(10):
        (found,) = amendment_forecast(protocol, other, trials=400, seed=seed).changes
        assert found.power.lower is not None
        assert found.power.upper is not None
        inside += found.power.lower <= (known.power.change or 0.0) <= found.power.upper
    assert inside >= 7  # fewer than 7 of 10 has probability 0.0001 where each holds it with 0.95


def test_threads_move_no_number(protocol: Protocol) -> None:
    other = with_events(protocol, 75)
    one, two = (amendment_forecast(protocol, other, trials=400, seed=1, threads=threads) for threads in (1, 2))
    assert one == two


def test_scenarios_of_one_version_alone_are_named(protocol: Protocol) -> None:
    renamed = replace(protocol, scenarios=(replace(protocol.scenarios[0], id="another"),))
    found = amendment_forecast(protocol, renamed, trials=400, seed=1)
    assert found.changes == ()
    assert (found.only_old, found.only_new) == ((protocol.scenarios[0].id,), ("another",))


def with_scans_every(protocol: Protocol, weeks: int) -> Protocol:
    """The same protocol, imaging at another interval throughout."""
    every = f"{weeks} weeks"
    schedule = [
        replace(visit, at=every, repeat=(replace(visit.repeat[-1], every=every),)) if visit.id == "imaging" else visit
        for visit in protocol.schedule
    ]
    return replace(protocol, schedule=tuple(schedule))


def test_rarer_scans_make_a_trial_longer_and_never_the_disease_faster(protocol: Protocol) -> None:
    """A median seen at scans, kept over a change of their dates, does not say that tumours grow otherwise.

    Progression is seen on average half the longer interval later: (16 - 8) / 2 weeks, near one month.
    """
    every_8 = with_scans_every(protocol, 8)
    (found,) = amendment_forecast(every_8, with_scans_every(protocol, 16), trials=TRIALS, seed=1).changes
    assert found.growth_kept
    assert found.duration.change == pytest.approx(28 / 30.4375, abs=0.35)
    assert found.old.medians[0] is not None
    assert found.new.medians[0] is not None
    assert found.new.medians[0] > found.old.medians[0]
    (same,) = amendment_forecast(every_8, with_events(every_8, 85), trials=200, seed=1).changes
    assert not same.growth_kept


def test_a_median_that_the_new_version_states_anew_is_taken_as_stated(protocol: Protocol) -> None:
    (scenario,) = protocol.scenarios
    later = replace(with_scans_every(protocol, 16), scenarios=(replace(scenario, control_pfs_median=Decimal(8)),))
    assert growth_kept(protocol, scenario, later, later.scenarios[0]) is later.scenarios[0]


def test_too_few_trials_and_impossible_versions_are_refused(protocol: Protocol) -> None:
    with pytest.raises(InputError, match="too few trials"):
        amendment_forecast(protocol, protocol, trials=199, seed=1)
    with pytest.raises(EstimationError, match="500 events cannot come from 120"):
        amendment_forecast(protocol, with_events(protocol, 500), trials=400, seed=1)


def person(
    name: str, site: str, *, randomized: bool = False, ends: tuple[str, ...] = (), died: bool = False
) -> Casebook:
    """Somebody who consented, as the ledger would fold them."""
    book = Casebook(
        name, version=1, site=site, enrolment=f.Consented(consent="main", version="1.0", on="2026-01-05", site=site)
    )
    if randomized:
        book.randomized = f.Randomized(arm="rt", sequence=1, epoch=1, on="2026-01-20", levels={}, evaluation="0" * 64)
    if ends:
        book.stops.append((f.Stopped(stop="some_stop", on="2026-03-01", because="asked", ends=ends), None))  # type: ignore[arg-type]
    if died:
        book.died = f.Died(on="2026-04-01", cause="disease")
    return book


def test_participants_are_counted_by_site(protocol: Protocol) -> None:
    failed = person("failed", "north")
    failed.screen_failed = f.ScreenFailed(on="2026-01-10", criteria=("X1",))
    books = [
        person("a", "north"), person("b", "north", randomized=True), person("c", "north", randomized=True, died=True),
        person("d", "river", randomized=True, ends=("treatment",)), person("e", "river", ends=("withdrawal",)),
        person("g", "river", randomized=True, ends=("lost",)), failed, Casebook("prescreened", site="north"),
    ]  # fmt: skip
    found = concerned(protocol, books, ["north", "river", "lake"])
    counts = [(one.site, one.not_randomized, one.followed, one.ended) for one in found.sites]
    assert counts == [("north", 1, 1, 1), ("river", 0, 1, 1), ("lake", 0, 0, 0)]
    assert found.groups["those not yet randomized"] == ("a",)
    assert found.groups["everyone in the trial"] == ("a", "b", "d")
    assert found.groups["everyone under treatment"] == ("b",)


def test_the_command_gives_both_as_json(tmp_path: Path) -> None:
    text = shipped("nct07014202").replace("target_events: 90", "target_events: 70")
    assert "target_events: 70" in text
    new = tmp_path / "new.yaml"
    new.write_text(text.replace('version: "1.0"', 'version: "1.1"', 1), encoding="utf-8")
    arguments = ["diff", "nct07014202", str(new), "--simulate", "--trials", "200", "--json"]
    result = CliRunner().invoke(main, arguments, standalone_mode=False)
    assert result.exception is None
    found = json.loads(result.stdout)
    assert [change["path"] for change in found["changes"]] == ["analysis.target_events"]
    assert all(one["events"]["change"] == pytest.approx(-20.0, abs=1.0) for one in found["simulation"]["scenarios"])
    assert "participants" not in found
    said = CliRunner().invoke(main, arguments[:-1], standalone_mode=False).stdout
    assert "power " in said
    assert "95 % Monte-Carlo intervals of the change" in said
