"""`equipoise screen`: participants judged against a protocol's criteria, each criterion with its reason."""

from datetime import date, datetime

import click

from equipoise.cli.files import read_bytes, write_json
from equipoise.cli.protocols import open_protocol, open_translated


@click.command()
@click.argument("file")
@click.argument("participants")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day to judge on; today where it is left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--language", type=click.Choice(["en", "zh-hans"]), default="en", help="The language of explanations.")
def screen(file: str, participants: str, on: datetime | None, as_json: bool, language: str) -> None:
    """Judge PARTICIPANTS (JSON, CSV or Parquet; see docs/participants.md) against the criteria of protocol FILE."""
    from equipoise.conduct.eligibility import evaluate_eligibility
    from equipoise.imports.participants import read_participants

    protocol = open_protocol(file).protocol
    translated = open_translated(file, protocol, language)
    day = on.date() if on else date.today()
    found = [
        (participant.id, evaluate_eligibility(protocol, participant.casebook, day, translated=translated))
        for participant in read_participants(read_bytes(participants), participants, protocol, on=day)
    ]
    if as_json:
        write_json(
            [
                {
                    "id": name,
                    "on": day.isoformat(),
                    "verdict": evaluation.verdict,
                    "criteria": [
                        {
                            "id": verdict.criterion.id,
                            "truth": verdict.standing,
                            "explanation": verdict.explanation.say(language),
                            "by_exception": verdict.judgement.by_exception is not None,
                        }
                        for verdict in evaluation.verdicts
                    ],
                }
                for name, evaluation in found
            ]
        )
        return
    for name, evaluation in found:
        click.echo(f"{name}: {evaluation.verdict} on {day.isoformat()}")
        for verdict in evaluation.verdicts:
            click.echo(f"  {verdict.criterion.id:<6} {verdict.standing:<8} {verdict.explanation.say(language)}")
