"""The people of a rehearsal: sites, and at each site one person a role; and those of the whole trial."""

from dataclasses import dataclass

from equipoise.conduct.entry import Actor, Authentication
from equipoise.conduct.permissions import ROLES

SITES = (
    ("north", "North University Hospital", "NU", "CN"),
    ("river", "River Cancer Centre", "RC", "CN"),
    ("lake", "Lake General Hospital", "LG", "CN"),
    ("hill", "Hill Thoracic Institute", "HT", "CN"),
    ("east", "East Provincial Hospital", "EP", "CN"),
    ("port", "Port Memorial Hospital", "PM", "CN"),
)
"""Sites that rehearsals open, in order: id, name, code of numbers, country."""

SITE_ROLES = ("coordinator", "investigator", "radiation_oncologist", "nuclear_reader")
TRIAL_ROLES = (
    "central_reader", "data_manager", "monitor", "statistician", "independent_statistician", "sponsor_admin",
)  # fmt: skip

_NAMES = {
    "coordinator": ("Lin Yue", "Ana Torres", "Mei Zhao", "Jonas Weber", "Sun Li", "Priya Nair"),
    "investigator": ("Chen Hao", "Ruth Okafor", "Wang Jing", "Erik Lund", "Zhou Min", "Daniel Cohen"),
    "radiation_oncologist": ("Xu Fang", "Pedro Alves", "Huang Wei", "Sofia Rossi", "Tang Rui", "Amara Diallo"),
    "nuclear_reader": ("Gao Ling", "Tom Baker", "Qian Bo", "Ingrid Dahl", "Feng Xin", "Omar Haddad"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the cast: the account's name, the printed name, the role and the site."""

    user: str
    name: str
    role: str
    site: str | None

    def actor(self, *, signs: bool = False) -> Actor:
        """The person acting; with the password given again where something is signed."""
        return Actor(
            user=self.user,
            role=self.role,
            site=self.site,
            name=self.name,
            delegation="rehearsal",
            authentication=Authentication.PASSWORD if signs else Authentication.SESSION,
        )


SECOND_CENTRAL_READER = Person("central-reader-2", "Second central reader", "central_reader", None)
"""Adjudicates what the other central reader read, and the other way round."""


def cast(sites: int) -> list[Person]:
    """Everyone: four people at each site, one for each role of the whole trial, and a second central reader."""
    people = [
        Person(f"{role.replace('_', '-')}-{site[0]}", _NAMES[role][index % 6], role, site[0])
        for index, site in enumerate(SITES[:sites])
        for role in SITE_ROLES
    ]
    people += [Person(role.replace("_", "-"), ROLES[role].label, role, None) for role in TRIAL_ROLES]
    return [*people, SECOND_CENTRAL_READER]
