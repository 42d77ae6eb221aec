"""Every table, described once. `artist_id` leads every key, so the ledger shards by artist.

The columns beside `data` are what queries ask for; `data` is the noun itself, so a noun may grow a field
with a default without a migration.
"""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.storage.batch_tables import batch_runs as batch_runs
from noktvrn.storage.batch_tables import batch_slots as batch_slots
from noktvrn.storage.batch_tables import lifecycle_moves as lifecycle_moves
from noktvrn.storage.batch_tables import plan_items as plan_items
from noktvrn.storage.batch_tables import roster as roster
from noktvrn.storage.columns import UtcTime as UtcTime
from noktvrn.storage.columns import data_column as _data
from noktvrn.storage.columns import id_column as _id
from noktvrn.storage.columns import metadata as metadata
from noktvrn.storage.columns import time_column as _time
from noktvrn.storage.columns import where as _where
from noktvrn.storage.event_tables import events as events
from noktvrn.storage.fault_tables import faults as faults
from noktvrn.storage.phone_tables import desk_flags as desk_flags
from noktvrn.storage.phone_tables import desk_remarks as desk_remarks
from noktvrn.storage.phone_tables import phone_buttons as phone_buttons
from noktvrn.storage.phone_tables import phone_previews as phone_previews
from noktvrn.storage.phone_tables import phone_questions as phone_questions
from noktvrn.storage.phone_tables import phone_updates as phone_updates
from noktvrn.storage.remake_tables import remakes as remakes
from noktvrn.storage.studio_tables import studio_events as studio_events
from noktvrn.storage.studio_tables import studio_sessions as studio_sessions
from noktvrn.storage.studio_tables import studio_terms as studio_terms
from noktvrn.storage.switch_tables import switch as switch
from noktvrn.storage.vault_tables import vault_removals as vault_removals

artists = sa.Table(
    "artists",
    metadata,
    _id("artist_id", primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("stage_name", sa.String(60), nullable=False, unique=True),
    _data(),
    _time("created_at"),
    _time("updated_at"),
)

artist_versions = sa.Table(
    "artist_versions",
    metadata,
    _id("artist_id", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("profile", sa.JSON, nullable=False),
    _time("created_at"),
)

creation_reports = sa.Table(
    "creation_reports", metadata, _id("artist_id", primary_key=True), _data(), _time("created_at")
)

briefs = sa.Table(
    "briefs",
    metadata,
    _id("artist_id", primary_key=True),
    _id("brief_id", primary_key=True),
    _data(),
    _time("created_at"),
)

runs = sa.Table(
    "runs",
    metadata,
    _id("artist_id", primary_key=True),
    _id("run_id", primary_key=True),
    _id("brief_id"),
    sa.Column("state", sa.String(24), nullable=False),
    _data(),
    _time("created_at"),
    _time("updated_at"),
    sa.Index("ix_runs_run_id", "run_id", unique=True),
    sa.Index("ix_runs_state_updated_at", "state", "updated_at"),
    sa.UniqueConstraint("artist_id", "brief_id", name="uq_runs_artist_id_brief_id"),
)

run_stages = sa.Table(
    "run_stages",
    metadata,
    _id("artist_id", primary_key=True),
    _id("run_id", primary_key=True),
    sa.Column("stage", sa.String(16), primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("progress", sa.Float, nullable=False, default=0.0),
    _data(),
    _time("started_at"),
    _time("ended_at", nullable=True),
)

take_choices = sa.Table(
    "take_choices",
    metadata,
    _id("artist_id", primary_key=True),
    _id("run_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("take", sa.Integer, nullable=False),
    sa.Column("chosen_by", sa.String(80), nullable=False),
    _data(),
    _time("at"),
    sa.Index("ix_take_choices_run_id", "run_id"),
)

works = sa.Table(
    "works",
    metadata,
    _id("artist_id", primary_key=True),
    _id("run_id", primary_key=True),
    sa.Column("kind", sa.String(12), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("mark", sa.Text, nullable=False),
)

reviews = sa.Table(
    "reviews",
    metadata,
    _id("artist_id", primary_key=True),
    _id("run_id", primary_key=True),
    sa.Column("approval_hash", sa.String(64), nullable=False),
    _data(),
    _time("opened_at"),
    _time("expires_at"),
    _time("closed_at", nullable=True),
    _time("reminded_at", nullable=True),
    sa.Column("autopilot", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_reviews_run_id", "run_id"),
    sa.Index("ix_reviews_closed_at_expires_at", "closed_at", "expires_at"),
    sa.Index("ix_reviews_closed_at_opened_at", "closed_at", "opened_at"),
    sa.Index("ix_reviews_closed_at_autopilot", "closed_at", "autopilot", "opened_at"),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    _id("artist_id", primary_key=True),
    _id("run_id", primary_key=True),
    _id("verdict_id", unique=True),
    sa.Column("decision", sa.String(12), nullable=False),
    sa.Column("door", sa.String(12), nullable=False),
    _data(),
    _time("decided_at"),
    sa.Index("ix_verdicts_run_id", "run_id"),
    sa.Index("ix_verdicts_door_decided_at", "door", "decided_at"),
)

identifiers = sa.Table(
    "identifiers",
    metadata,
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("prefix", sa.String(16), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("designation", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(20), nullable=False, unique=True),
    sa.Column("state", sa.String(10), nullable=False),
    _id("artist_id"),
    _id("release_id"),
    sa.Column("purpose", sa.String(12), nullable=False),
    _time("taken_at"),
    sa.UniqueConstraint("artist_id", "release_id", "kind", "purpose"),
)

release_dates = sa.Table(
    "release_dates",
    metadata,
    _id("artist_id", primary_key=True),
    _id("release_id", primary_key=True),
    sa.Column("release_on", sa.Date, nullable=False),
    _time("taken_at"),
    sa.UniqueConstraint("artist_id", "release_on"),
)

releases = sa.Table(
    "releases",
    metadata,
    _id("artist_id", primary_key=True),
    _id("release_id", primary_key=True),
    _id("run_id", unique=True),
    sa.Column("package_hash", sa.String(64), nullable=False),
    _data(),
    _time("sealed_at"),
    sa.Index("ix_releases_release_id", "release_id", unique=True),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    _id("artist_id", primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    _id("release_id"),
    sa.Column("courier", sa.String(32), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    _data(),
    _time("at"),
)

performance = sa.Table(
    "performance",
    metadata,
    _id("artist_id", primary_key=True),
    sa.Column("row_key", sa.String(64), primary_key=True),
    _id("release_id"),
    sa.Column("platform", sa.String(40), nullable=False),
    sa.Column("period_end", sa.Date, nullable=False),
    _data(),
    _time("recorded_at"),
    sa.Index("ix_performance_artist_id_period_end", "artist_id", "period_end"),
    sa.Index("ix_performance_artist_id_recorded_at", "artist_id", "recorded_at"),
)

progressions = sa.Table(
    "progressions",
    metadata,
    _id("artist_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("decision", sa.String(8), nullable=False),
    _data(),
    _time("at"),
)

plans = sa.Table(
    "plans",
    metadata,
    _id("artist_id", primary_key=True),
    _id("plan_id", primary_key=True),
    _data(),
    _time("created_at"),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("messenger", sa.String(32), primary_key=True),
    sa.Column("key", sa.String(80), primary_key=True),
    _data(),
    _time("sent_at"),
)

audit = sa.Table(
    "audit",
    metadata,
    _id("artist_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("act", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    _time("at"),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("sealed", sa.Boolean, nullable=False, default=False),
    sa.Index("ix_audit_sealed", "sealed"),
)

audit_seals = sa.Table(
    "audit_seals",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    _id("artist_id"),
    sa.Column("audit_number", sa.Integer, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.UniqueConstraint("artist_id", "audit_number"),
)

voice_consents = sa.Table(
    "voice_consents",
    metadata,
    _id("artist_id", primary_key=True),
    _id("consent_id", primary_key=True),
    sa.Column("voice", sa.String(40), nullable=False),
    _data(),
    _time("recorded_at"),
    _time("revoked_at", nullable=True),
    sa.Index("ix_voice_consents_consent_id", "consent_id", unique=True),
)

provider_terms = sa.Table(
    "provider_terms",
    metadata,
    sa.Column("provider", sa.String(40), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    _data(),
    _time("recorded_at"),
)

executors = sa.Table(
    "executors",
    metadata,
    sa.Column("executor_id", sa.String(40), primary_key=True),
    sa.Column("home", sa.Text, nullable=False),
    _time("started_at"),
)

tickets = sa.Table(
    "tickets",
    metadata,
    _id("ticket_id", primary_key=True),
    sa.Column("key", sa.String(128), nullable=False, unique=True),
    sa.Column("provider", sa.String(40), nullable=False),
    sa.Column("purpose", sa.String(40), nullable=False),
    sa.Column("request_hash", sa.String(64), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    _data(),
    sa.Column("currency", sa.String(12), nullable=False, server_default="USD"),
    sa.Column("held", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("cost", sa.BigInteger, nullable=True),
    sa.Column("scopes", sa.JSON, nullable=False, server_default="[]"),
    _time("opened_at"),
    _time("closed_at", nullable=True),
    sa.Column("kind", sa.String(8), nullable=False, server_default="words"),
    sa.Column("job", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("units", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("ref", sa.Text, nullable=False, server_default=""),
    sa.Column("token_hash", sa.String(64), nullable=True),
    sa.Column("events", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.String(64), nullable=True),
    _time("leased_until", nullable=True),
    _time("next_look_at", nullable=True),
    _id("run_id", server_default=""),
    sa.Index("ix_tickets_state_opened_at", "state", "opened_at"),
    sa.Index("ix_tickets_run_id_opened_at", "run_id", "opened_at"),
    # Tickets for words are many and short-lived: they are in none of these.
    sa.Index("ix_tickets_token_hash", "token_hash", **_where("token_hash IS NOT NULL")),
    sa.Index("ix_tickets_next_look_at", "next_look_at", **_where("next_look_at IS NOT NULL")),
)

ticket_events = sa.Table(
    "ticket_events",
    metadata,
    _id("ticket_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("event", sa.String(24), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    _data(),
    _time("at"),
)

ticket_files = sa.Table(
    "ticket_files",
    metadata,
    _id("ticket_id", primary_key=True),
    sa.Column("clip", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("url", sa.Text, nullable=True),
    sa.Column("sha256", sa.String(64), nullable=True),
    _data(),
)

caps = sa.Table(
    "caps",
    metadata,
    sa.Column("scope", sa.String(96), primary_key=True),
    sa.Column("unit", sa.String(40), primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    _time("set_at"),
)

paces = sa.Table(
    "paces",
    metadata,
    sa.Column("provider", sa.String(40), primary_key=True),
    sa.Column("due_micros", sa.BigInteger, nullable=False),
)

budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("scope", sa.String(96), primary_key=True),
    sa.Column("currency", sa.String(40), primary_key=True),
    sa.Column("spent", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    _time("updated_at"),
)

breakers = sa.Table(
    "breakers",
    metadata,
    sa.Column("name", sa.String(160), primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    _data(),
    _time("updated_at"),
)

llm_sessions = sa.Table(
    "llm_sessions",
    metadata,
    _id("session_id", primary_key=True),
    sa.Column("task", sa.String(24), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    _data(),
    _time("opened_at"),
    _time("closed_at", nullable=True),
    sa.Index("ix_llm_sessions_subject", "subject"),
    sa.Index("ix_llm_sessions_opened_at", "opened_at"),
)

llm_calls = sa.Table(
    "llm_calls",
    metadata,
    _id("session_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    _id("ticket_id"),
    sa.Column("task", sa.String(24), nullable=False),
    sa.Column("provider", sa.String(40), nullable=False),
    sa.Column("model", sa.String(120), nullable=False),
    sa.Column("prompt", sa.String(80), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("cost", sa.BigInteger, nullable=True),
    _data(),
    _time("at"),
    sa.Index("ix_llm_calls_at", "at"),
)

llm_reviews = sa.Table(
    "llm_reviews",
    metadata,
    _id("session_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    _data(),
    _time("at"),
)

llm_outcomes = sa.Table(
    "llm_outcomes",
    metadata,
    _id("session_id", primary_key=True),
    sa.Column("kind", sa.String(12), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("task", sa.String(24), nullable=False),
    sa.Column("provider", sa.String(40), nullable=False),
    sa.Column("model", sa.String(120), nullable=False),
    sa.Column("prompt", sa.String(80), nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    _time("at"),
    sa.Index("ix_llm_outcomes_task_at", "task", "at"),
)

llm_cache = sa.Table(
    "llm_cache",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    _data(),
    _time("stored_at"),
    _time("expires_at"),
    sa.Index("ix_llm_cache_expires_at", "expires_at"),
)

prompt_variants = sa.Table(
    "prompt_variants",
    metadata,
    sa.Column("prompt", sa.String(40), primary_key=True),
    sa.Column("variant", sa.String(40), primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    _data(),
    _time("created_at"),
    _time("changed_at"),
)

prompt_moves = sa.Table(
    "prompt_moves",
    metadata,
    sa.Column("prompt", sa.String(40), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("move", sa.String(12), nullable=False),
    sa.Column("variant", sa.String(40), nullable=False),
    _data(),
    _time("at"),
)

contributions = sa.Table(
    "contributions",
    metadata,
    _id("artist_id", primary_key=True),
    sa.Column("subject", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    _data(),
    _time("at"),
)
