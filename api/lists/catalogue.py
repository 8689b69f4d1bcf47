"""Every list by its name, and how a question is answered: the one place that says who may see which."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

import msgspec

from api.lists import (
    advisors,
    applications,
    candidates,
    cases,
    competence,
    development,
    entries,
    field_phase,
    measures,
    missions,
    privacy,
    workshops,
)
from api.lists.listing import Asked, Code, Listing, Row, Table, Unasked, filtered
from api.lists.readers import OF_A_PERSON, PAST, RESULTS, Reader
from api.lists.story import Story
from ledger.domain.record import Role
from ledger.store.ledger import Ledger
from ledger.words import Words

MOST_DAYS = 36_525  # a hundred years
OFFICE = RESULTS - {Role.DECISION_AUTHORITY}
KEYS = frozenset({Role.DIRECTOR, Role.SECURITY_OFFICER, Role.REGISTRAR, Role.AUDITOR})
CASES = PAST["appeal"] & RESULTS  # who hears appeals sees them on the page of cases
QUALITY = frozenset({Role.DIRECTOR, Role.PROGRAMME_MANAGER, Role.AUDITOR})  # figures about single assessors


class Answer(msgspec.Struct, frozen=True):
    """The rows of a table that answer a question. ``position``: how many entries of the log it speaks for.

    ``left_out`` counts the workshops of which whoever asks reads nothing, as they were nominated for them.
    """

    table: Table
    rows: list[Row]
    position: int
    left_out: int = 0


def ask(
    ledger: Ledger,
    name: str,
    *,
    reader: Reader | None = None,
    on: date | None = None,
    known_on: date | None = None,
    days: int | None = None,
    filters: Mapping[str, str] | None = None,
) -> Answer:
    """Returns a list on a day, as known by the end of another; on both, today. Raises ``Unasked``.

    Whether a ``reader`` may see the list, ``seen_by`` says.
    ``days`` is the number that some lists take. ``filters`` are by the name of a column: what it must hold.
    """
    listing = listing_of(name)
    if days is not None and listing.days is None:
        raise Unasked("days", Words(f"the list {name} takes none", f"la liste {name} n’en prend pas"))
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise Unasked("days", Words(f"expected from 0 to {MOST_DAYS}", f"un nombre de 0 à {MOST_DAYS} est attendu"))
    story = Story(ledger, known_by(ledger, known_on), reader=reader, with_sheets=listing.needs_sheets)
    asked = Asked(on or ledger.now().date(), days if days is not None else listing.days or 0, filters or {})
    rows = filtered(listing.rows(story, asked), listing, asked.wanted)
    return Answer(listing, rows, story.size, len(story.left_out))


def known_by(ledger: Ledger, day: date | None) -> datetime | None:
    """Returns the end of a day up to which the record counts; None for now. Raises ``Unasked`` for a day to come."""
    now = ledger.now()
    if day is not None and day > now.date():
        raise Unasked(
            "known_on", Words("expected today or an earlier day", "aujourd’hui ou un jour antérieur est attendu")
        )
    return None if day is None else datetime.combine(day, time.max, now.tzinfo)


def compared(before: Answer, after: Answer) -> tuple[Answer, Answer]:
    """Return what only the first, and only the second, of two answers of one list has; a changed row is in both."""
    had, has = set(before.rows), set(after.rows)
    gone = [row for row in before.rows if row not in has]
    new = [row for row in after.rows if row not in had]
    return msgspec.structs.replace(before, rows=gone), msgspec.structs.replace(after, rows=new)


def differing(before: Answer, after: Answer) -> Answer:
    """Return the same as one answer, with a column that says which of the two has the row."""
    table = after.table
    row = msgspec.defstruct(table.row.__name__, [("only_in", Code)], bases=(table.row,), frozen=True, kw_only=True)
    rows: list[Any] = [
        row(**msgspec.structs.asdict(each), only_in=name)
        for name, answer in zip(("before", "after"), compared(before, after), strict=True)
        for each in answer.rows
    ]
    brief = (*table.brief, "only_in") if table.brief else ()
    return msgspec.structs.replace(after, table=msgspec.structs.replace(table, row=row, brief=brief), rows=rows)


def listing_of(name: str) -> Listing:
    """Returns a list by its name. Raises ``Unasked``."""
    if name not in LISTS:
        names = ", ".join(LISTS)
        raise Unasked("list", Words(f"expected one of {names}", f"l’une de ces listes est attendue\u00a0: {names}"))
    return LISTS[name]


def seen_by(roles: Iterable[Role]) -> list[Listing]:
    """Returns the lists that an officer with some roles may see."""
    held = frozenset(roles)
    return [listing for listing in LISTS.values() if listing.roles & held]


# fmt: off
_ALL = (
    Listing(name="advisors", title=Words("Advisors", "Conseillers et conseillères"),
        about=Words("Certifications in force on the day, by holder.",
                    "Certifications en vigueur à la date choisie, par titulaire."),
        row=advisors.Advisor, roles=RESULTS, rows=advisors.advisors,
        brief=("name", "administration", "region", "language", "domain", "number", "since", "until")),
    Listing(name="candidates", title=Words("Candidates", "Personnes candidates"),
        about=Words("Every candidate with the results, the reasons for them and how the rule counted.",
                    "Toutes les personnes candidates, avec les résultats, leurs motifs et le calcul selon la règle."),
        row=candidates.Candidate, roles=RESULTS, rows=candidates.candidates,
        brief=("session_id", "name", "administration_id", "selection", "outcome", "composite", "rank", "decision",
               "unmet", "number", "candidacy_id")),
    Listing(name="qualified-not-selected", title=Words("Qualified, not selected", "Niveau atteint, sans place"),
        about=Words("Candidates who met every competency when no seat was left.",
                    "Personnes ayant atteint toutes les compétences alors qu’il n’y avait plus de place."),
        row=candidates.Qualified, roles=RESULTS, rows=candidates.qualified_not_selected,
        brief=("session_id", "name", "administration_id", "composite", "rank", "seats", "last_seat", "decided")),
    Listing(name="score-changes", title=Words("Changed scores", "Notes modifiées"),
        about=Words("Levels that moderation settled or a new sheet changed: before, after, and who agreed.",
                    "Niveaux fixés en modération ou modifiés par une nouvelle fiche\u00a0: avant, après, et par qui."),
        row=candidates.ScoreChange, roles=RESULTS, rows=candidates.score_changes, needs_sheets=True,
        brief=("session_id", "name", "change", "activity", "competency", "before", "after", "agreed_by", "positions")),
    Listing(name="exceptions", title=Words("Exceptions and recusals", "Exceptions et récusations"),
        about=Words("Exceptions that let an assessor score somebody they had trained, and assessors who recused "
                    "themselves.",
                    "Exceptions permettant d’évaluer une personne que l’on a formée, et récusations déclarées."),
        row=workshops.Excepted, roles=RESULTS, rows=workshops.exceptions, needs_sheets=True,
        brief=("session_id", "name", "change", "assessor", "trained_in", "granted_by", "reason_code", "scored", "time",
               "positions")),
    Listing(name="assessors-who-trained",
        title=Words("Assessors who trained the candidate", "Évaluation par qui a formé"),
        about=Words("Assessors who scored somebody they had trained before, however long ago.",
                    "Évaluations par une personne qui avait formé la personne candidate, même il y a longtemps."),
        row=workshops.Trained, roles=RESULTS, rows=workshops.assessors_who_trained,
        needs_sheets=True,
        brief=("session_id", "name", "assessor", "trained_in", "months", "within_period", "excepted")),
    Listing(name="sessions", title=Words("Workshops", "Ateliers"),
        about=Words("Every workshop with its staff and how many came how far.",
                    "Tous les ateliers, avec leur équipe et le nombre de personnes à chaque étape."),
        row=workshops.Workshop, roles=RESULTS, rows=workshops.sessions,
        brief=("session_id", "start", "end", "place", "language", "funder", "nominated", "selected", "met",
               "certified", "closed")),
    Listing(name="expiring", title=Words("Expiring", "Échéances proches"), days=180,
        about=Words("Certifications that end within so many days, and what a renewal still needs.",
                    "Certifications qui arrivent à échéance dans ce nombre de jours, et ce que demande leur "
                    "renouvellement."),
        row=advisors.Expiring, roles=RESULTS, rows=advisors.expiring,
        brief=("expires_on", "days_left", "name", "administration", "number", "status", "missing")),
    Listing(name="administrations", title=Words("Administrations", "Administrations"),
        about=Words("Whom each administration nominated, and how many of them are in force on the day.",
                    "Personnes désignées par chaque administration, et certifications en vigueur à la date choisie."),
        row=advisors.Coverage, roles=OFFICE, rows=advisors.administrations),
    Listing(name="regions", title=Words("Regions", "Régions"),
        about=Words("The administrations of each region, added up.", "Total des administrations de chaque région."),
        row=advisors.Region, roles=OFFICE, rows=advisors.regions),
    Listing(name="donors", title=Words("Funds", "Financements"),
        about=Words("What each fund made possible in each year; for one workshop at a time, see sessions.",
                    "Résultats de chaque financement par année\u202f; pour le détail par atelier, voir sessions."),
        row=advisors.Fund, roles=OFFICE, rows=advisors.donors),
    Listing(name="late", title=Words("Recorded late", "Enregistrements tardifs"), days=30,
        about=Words("Entries recorded more than so many days after they took effect.",
                    "Entrées enregistrées plus de ce nombre de jours après leur date d’effet."),
        row=entries.Late, roles=OFFICE | KEYS, rows=entries.late,
        brief=("days", "effective", "recorded", "event", "name", "signers", "positions")),
    Listing(name="compromised", title=Words("Compromised keys", "Clés compromises"),
        about=Words("Entries signed with a key since it is reported as compromised.",
                    "Entrées signées avec une clé depuis qu’elle est signalée comme compromise."),
        row=entries.Touched, roles=KEYS, rows=entries.compromised,
        brief=("positions", "time", "event", "name", "signers", "key_id", "compromised_since")),
    Listing(name="pass-rates", title=Words("Pass rates", "Taux de réussite"),
        about=Words("By workshop, language and competency, with intervals of 95 % (Wilson).",
                    "Par atelier, par langue et par compétence, avec des intervalles à 95\u00a0% (Wilson)."),
        row=measures.PassRate, roles=OFFICE, rows=measures.pass_rates),
    Listing(name="assessor-severity", title=Words("Severity of assessors", "Sévérité des évaluations"),
        about=Words("By how much an assessor’s levels lie above (+) or below (-) those of others in the same cells.",
                    "Écart entre les niveaux d’une personne et ceux des autres dans les mêmes cases (+ ou -)."),
        row=measures.Strictness, roles=QUALITY, rows=measures.assessor_severity, needs_sheets=True),
    Listing(name="agreement", title=Words("Agreement of assessors", "Accord entre les évaluations"),
        about=Words("Krippendorff’s alpha of levels, and intraclass correlations ICC(2,1) and ICC(2,k) of means. A "
                    "diagnostic: no rule uses it.",
                    "Alpha de Krippendorff des niveaux, et corrélations intraclasse CCI(2,1) et CCI(2,k) des moyennes. "
                    "Un diagnostic\u00a0: aucune règle ne l’utilise."),
        row=measures.Agreed, roles=QUALITY, rows=measures.assessor_agreement, needs_sheets=True,
        brief=("session_id", "title", "cells", "alpha_ordinal", "alpha_interval", "icc_one", "icc_one_low",
               "icc_one_high", "icc_all", "candidates", "raters", "note")),
    Listing(name="applications", title=Words("Applications", "Dossiers de candidature"),
        about=Words("How far the application of each candidate has come, and which steps are missing.",
                    "État du dossier de chaque personne candidate, et étapes qui manquent."),
        row=applications.Applicant, roles=RESULTS, rows=applications.applications,
        brief=("session_id", "name", "administration_id", "application", "missing", "seat", "answer", "excluded")),
    Listing(name="attendance", title=Words("Attendance", "Présences"),
        about=Words("Who was there, on each day or in each activity.",
                    "Les présences, par jour ou par activité."),
        row=applications.Attendance, roles=RESULTS, rows=applications.attendance,
        brief=("session_id", "name", "day", "activity", "present", "verified_on")),
    Listing(name="incidents", title=Words("Incidents", "Incidents de sécurité"),
        about=Words("What threatened the security of an assessment, whom it concerned, and who was excluded.",
                    "Ce qui a menacé la sécurité d’une évaluation, qui était concerné, et qui a été exclu."),
        row=applications.Incident, roles=RESULTS, rows=applications.incidents,
        brief=("session_id", "day", "incident_code", "reported_by", "concerned", "excluded_candidates",
               "appeal_until")),
    Listing(name="ai-use", title=Words("Artificial intelligence", "Intelligence artificielle"),
        about=Words("Declared uses in workshops, who validates them, and which candidates know of them.",
                    "Emplois déclarés dans les ateliers, qui les valide, et quelles personnes candidates en ont pris "
                    "acte."),
        row=applications.AiUse, roles=RESULTS, rows=applications.ai_uses,
        brief=("session_id", "purpose", "touches", "model", "model_version", "validator", "acknowledged", "waiting")),
    Listing(name="missions", title=Words("Missions", "Missions"),
        about=Words("Every mission with its team, how far it has come, and what was recommended and adopted.",
                    "Toutes les missions, avec leur équipe, leur avancement et les recommandations formulées et "
                    "adoptées."),
        row=missions.MissionRow, roles=RESULTS, rows=missions.missions,
        brief=("administration", "topic", "start", "end", "state", "lead", "has_report", "has_feedback",
               "recommended", "adopted")),
    Listing(name="advisors-in-service", title=Words("Advisors in service", "Conseillers en service"),
        about=Words("Everybody in the pool for missions, the least used first, and whether they declared to be "
                    "available on the day.",
                    "Le vivier des missions, des personnes les moins sollicitées aux plus sollicitées, avec leur "
                    "disponibilité déclarée à la date choisie."),
        row=missions.InService, roles=RESULTS, rows=missions.advisors_in_service,
        brief=("name", "administration", "languages", "topics", "active", "available", "missions", "last_day")),
    Listing(name="mission-results", title=Words("Results of missions", "Résultats des missions"),
        about=Words("Recommendations made and adopted, by region, year and domain of advice.",
                    "Recommandations formulées et adoptées, par région, par année et par domaine de conseil."),
        row=missions.Result, roles=OFFICE, rows=missions.mission_results),
    Listing(name="missions-by-administration", title=Words("Missions by administration",
                                                           "Missions par administration"),
        about=Words("What each administration asked for, and what came of it.",
                    "Ce que chaque administration a demandé, et les résultats obtenus."),
        row=missions.Beneficiary, roles=OFFICE, rows=missions.missions_by_administration),
    Listing(name="releases-awaited", title=Words("Releases awaited", "Mises à disposition attendues"),
        about=Words("Home administrations that have not answered yet, the earliest mission first.",
                    "Administrations d’origine qui n’ont pas encore répondu, par date de début de la mission."),
        row=missions.Awaited, roles=RESULTS, rows=missions.releases_awaited,
        brief=("administration", "start", "name", "home", "declared", "waited")),
    Listing(name="impartiality-risks", title=Words("Risks to impartiality", "Risques pour l’impartialité"),
        about=Words("The register of risks, what remains of each after treatment, and which are due for review.",
                    "Le registre des risques, ce qui subsiste de chacun après traitement, et les réexamens à faire."),
        row=competence.RiskRow, roles=QUALITY, rows=competence.risks,
        brief=("source", "residual", "affected", "sessions", "treated_on", "review_by", "review_due")),
    Listing(name="undertakings", title=Words("Undertakings of impartiality", "Engagements d’impartialité"),
        about=Words("Every officer and their yearly undertaking, those who lack one first.",
                    "Chaque responsable et son engagement annuel, en commençant par les engagements manquants."),
        row=competence.Undertaking, roles=OFFICE | QUALITY, rows=competence.undertakings,
        brief=("name", "roles", "signed_on", "until", "status")),
    Listing(name="conflicts", title=Words("Conflicts of interest", "Conflits d’intérêts"),
        about=Words("Every tie that an officer declared, and its end. Of what kind it is stays confidential.",
                    "Chaque lien déclaré par un responsable, et sa fin. La nature du lien reste confidentielle."),
        row=competence.Tie, roles=QUALITY, rows=competence.conflicts,
        brief=("name", "to", "since", "declared", "ended_on")),
    Listing(name="assessors", title=Words("Register of assessors", "Registre des évaluateurs"),
        about=Words("Who is qualified to train and assess under which scheme, and until when; who is calibrated.",
                    "Qui peut former et évaluer au titre de quel programme, et jusqu’à quand ; étalonnages réussis."),
        row=competence.Assessor, roles=OFFICE | QUALITY, rows=competence.assessors,
        brief=("name", "scheme_id", "languages", "qualified_to", "calibrated_to", "undertaken_to", "status")),
    Listing(name="delegations", title=Words("Delegations", "Délégations"),
        about=Words("Every role that was lent, by whom, and until when.",
                    "Chaque fonction déléguée, par qui, et jusqu’à quand."),
        row=competence.Lent, roles=OFFICE | QUALITY, rows=competence.delegations,
        brief=("name", "role", "delegator", "since", "until", "status")),
    Listing(name="renewals", title=Words("Renewals", "Renouvellements"),
        about=Words("What counts for the next renewal of each certification, and what is missing on the day.",
                    "Ce qui compte pour le prochain renouvellement de chaque certification, et ce qui manque à la "
                    "date choisie."),
        row=development.Renewal, roles=RESULTS, rows=development.renewals,
        brief=("expires_on", "name", "number", "hours", "hours_needed", "missions", "missions_needed", "refreshers",
               "refreshers_needed", "missing", "asked_for")),
    Listing(name="surveillance-overdue", title=Words("Overdue surveillance", "Surveillances en retard"),
        about=Words("Certifications whose surveillance was due before the day.",
                    "Certifications dont la surveillance était attendue avant la date choisie."),
        row=development.Overdue, roles=RESULTS, rows=development.surveillance_overdue,
        brief=("due_on", "days_late", "name", "number", "status", "reviewed_until")),
    Listing(name="capability-changes", title=Words("Reported changes", "Changements signalés"),
        about=Words("Changes of capability that were reported, and that no surveillance has looked at since.",
                    "Changements affectant la capacité qui ont été signalés, et qu’aucune surveillance n’a encore "
                    "examinés."),
        row=development.Change, roles=RESULTS, rows=development.capability_changes),
    Listing(name="development", title=Words("Development", "Formation continue"),
        about=Words("Activities that holders stated, first those that nobody has verified.",
                    "Activités déclarées par les titulaires, en commençant par celles qui restent à valider."),
        row=development.Activity, roles=RESULTS, rows=development.activities,
        brief=("day", "name", "activity_code", "hours", "accepted_hours")),
    Listing(name="misuses", title=Words("Misuse", "Usages abusifs"),
        about=Words("Reported misuse of documents and marks, first what no complaint is about yet.",
                    "Usages abusifs de documents et de marques, en commençant par ceux qu’aucune plainte ne "
                    "concerne encore."),
        row=development.Misuse, roles=RESULTS, rows=development.misuses),
    Listing(name="appeals", title=Words("Appeals", "Recours"),
        about=Words("Every appeal, first those of which a step is due; what was decided, and whether it was done.",
                    "Tous les recours, d’abord ceux dont une étape est attendue\u00a0; la décision rendue, et si la "
                    "suite a été exécutée."),
        row=cases.AppealRow, roles=CASES, rows=cases.appeals,
        brief=("name", "disputed", "lodged", "state", "due", "days_left", "overdue", "outcome", "remedy",
               "carried_out")),
    Listing(name="complaints", title=Words("Complaints", "Plaintes"),
        about=Words("Every complaint, first those of which a step is due. Nobody reads one that concerns them.",
                    "Toutes les plaintes, d’abord celles dont une étape est attendue. Personne ne lit celles qui le "
                    "visent."),
        row=cases.ComplaintRow, roles=CASES, rows=cases.complaints,
        brief=("concerns", "about", "answerable", "received", "state", "due", "days_left", "overdue", "outcome")),
    Listing(name="corrective-actions", title=Words("Corrective actions", "Actions correctives"),
        about=Words("What is done about the causes of complaints, and whether it had an effect.",
                    "Ce qui est fait pour traiter les causes des plaintes, et avec quelle efficacité."),
        row=cases.ActionRow, roles=CASES, rows=cases.corrective_actions,
        brief=("concerns", "about", "measures", "due", "days_left", "overdue", "state")),
    Listing(name="data-requests", title=Words("Requests about personal data", "Demandes relatives aux données"),
        about=Words("What persons asked for about their data, and until when an answer is due.",
                    "Ce que les personnes ont demandé au sujet de leurs données, et la date limite de réponse."),
        row=privacy.DataRequest, roles=OF_A_PERSON, rows=privacy.data_requests,
        brief=("due_on", "name", "request_kind", "received_on", "extended", "status", "decided")),
    Listing(name="legal-holds", title=Words("Legal holds", "Gels juridiques"),
        about=Words("Whose data are kept whatever their term, and when that is looked at again.",
                    "Personnes dont les données sont conservées quelle que soit l’échéance, et date de réexamen."),
        row=privacy.LegalHold, roles=OF_A_PERSON, rows=privacy.legal_holds,
        brief=("name", "since", "review_by", "review_due", "until")),
    Listing(name="third-party-disclosures", title=Words("Disclosures to third parties", "Communications à des tiers"),
        about=Words("To whom personal data were given, on which basis, and whether the person was told before.",
                    "À qui des données personnelles ont été communiquées, sur quelle base, et si la personne en a été "
                    "informée au préalable."),
        row=privacy.Disclosure, roles=OF_A_PERSON, rows=privacy.third_party_disclosures,
        brief=("disclosed_on", "name", "recipient", "legal_basis", "categories", "told_before", "not_told_because")),
    Listing(name="retention-due", title=Words("Term of retention ended", "Durée de conservation échue"),
        about=Words("Persons whose data need no longer be kept, by the scheme, and what hinders their erasure.",
                    "Personnes dont le programme n’exige plus la conservation des données, et ce qui empêche "
                    "l’effacement."),
        row=privacy.RetentionDue, roles=OF_A_PERSON, rows=privacy.retention_due),
    Listing(name="historic-records", title=Words("Old records", "Données historiques"),
        about=Words("What documents of the past say, and how good their evidence is. They grant nothing.",
                    "Ce qu’indiquent des documents anciens, et leur valeur probante. Ils n’accordent rien."),
        row=privacy.HistoricRecord, roles=OF_A_PERSON, rows=privacy.historic_records,
        brief=("original_on", "name", "record_kind", "evidence_grade", "session_id", "administration_id", "recorded")),
    Listing(name="administrations-over-time",
        title=Words("Administrations over time", "Historique des administrations"),
        about=Words("Names, regions and memberships, from each day on which one changed.",
                    "Noms, régions et qualité de Membre, à compter de chaque jour de changement."),
        row=privacy.AdministrationSpan, roles=OFFICE, rows=privacy.administrations_over_time),
    Listing(name="field-phase", title=Words("Field phase", "Phase terrain"),
        about=Words("Who is pre-accredited, recognised or lapsed on the day, until when a mission must end, and what "
                    "its lead recommended.",
                    "Personnes en pré-accréditation, reconnues ou dont la pré-accréditation est caduque à la date "
                    "choisie, échéance de la mission et avis de l’expert principal."),
        row=field_phase.FieldPhase, roles=RESULTS, rows=field_phase.field_phase,
        brief=("field_deadline", "days_left", "name", "administration", "status", "mission_ids", "recommendation")),
)
# fmt: on
LISTS: dict[str, Listing] = {listing.name: listing for listing in _ALL}
