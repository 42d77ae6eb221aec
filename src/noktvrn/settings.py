"""Every setting that is read, from the environment or a `.env` file. Secrets are secret types.

`.env.example` lists them all; a test compares the two. Fields come with the feature that reads them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from noktvrn.batch_settings import BatchSettings
from noktvrn.money_settings import Micros, MoneySettings
from noktvrn.storage_settings import StorageSettings


def _env(*names: str) -> AliasChoices:
    return AliasChoices(*names)


class Settings(BatchSettings, MoneySettings, StorageSettings):
    """The label's settings. Names of the original are honoured; ours begin with `NOKTVRN_`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("noktvrn")),
        validation_alias=_env("NOKTVRN_HOME"),
    )
    """The data folder: one SQLite file, the vault, packages."""

    label_name: str = Field(default="noktvrn", validation_alias=_env("NOKTVRN_LABEL_NAME"))
    """Name of the label on P and C lines."""

    max_approval_wait_s: int = Field(
        default=7 * 86_400, ge=60, validation_alias=_env("MAX_APPROVAL_WAIT_TIME")
    )
    """Seconds a run waits for a verdict before its review expires."""

    remind_before_s: int = Field(default=86_400, ge=0, validation_alias=_env("NOKTVRN_REMIND_BEFORE"))
    """Seconds before a review expires that people are reminded of it, once; 0: never."""

    undo_s: int = Field(default=0, ge=0, le=86_400, validation_alias=_env("NOKTVRN_UNDO_S"))
    """Seconds in which a verdict can be taken back; an approved release waits for so long before it begins.
    0: it begins at once."""

    poll_interval_s: float = Field(default=1.0, gt=0, le=3600, validation_alias=_env("POLL_INTERVAL"))
    """Seconds between two looks of a worker at the desk."""

    events_keep_days: int = Field(default=90, ge=1, validation_alias=_env("NOKTVRN_EVENTS_KEEP_DAYS"))
    """Days events are kept for those who watch; what they tell of stays for good."""

    redis_url: SecretStr | None = Field(default=None, validation_alias=_env("REDIS_URL"))
    """`redis://...`, `rediss://...` or `unix://...`: carries what may be lost (docs/redis.md)."""

    redis_host: str | None = Field(default=None, validation_alias=_env("REDIS_HOST"))
    redis_port: int = Field(default=6379, ge=1, le=65_535, validation_alias=_env("REDIS_PORT"))
    redis_db: int = Field(default=0, ge=0, validation_alias=_env("REDIS_DB"))
    redis_password: SecretStr = Field(default=SecretStr(""), validation_alias=_env("REDIS_PASSWORD"))
    """The original's way to name the same server; `REDIS_URL` wins."""

    renders: int = Field(default=1, ge=1, le=64, validation_alias=_env("NOKTVRN_RENDERS"))
    outside_at_once: int = Field(default=4, ge=1, le=256, validation_alias=_env("NOKTVRN_OUTSIDE"))
    light_at_once: int = Field(default=2, ge=1, le=256, validation_alias=_env("NOKTVRN_LIGHT"))
    """How many pieces of work one worker does at a time: renders, which fill a machine by themselves; legs
    that wait for somebody outside; light ones, such as sealing and delivery (docs/workers.md)."""

    keep_workflows_days: int | None = Field(
        default=30, ge=1, validation_alias=_env("NOKTVRN_KEEP_WORKFLOWS_DAYS")
    )
    """Days the engine keeps its own rows of workflows that have ended; the ledger keeps its records."""

    autopilot_allowed: bool = Field(default=True, validation_alias=_env("NOKTVRN_AUTOPILOT"))
    """The label's global stop for verdicts without a person."""

    autopilot_artist_daily: int = Field(
        default=1, ge=0, validation_alias=_env("NOKTVRN_AUTOPILOT_ARTIST_DAILY")
    )
    autopilot_label_daily: int = Field(
        default=20, ge=0, validation_alias=_env("NOKTVRN_AUTOPILOT_LABEL_DAILY")
    )
    """How many releases autopilot may approve in 24 hours, for one artist and for the whole label."""

    isrc_prefix: str | None = Field(
        default=None, pattern="^[A-Z]{2}[A-Z0-9]{3}$", validation_alias=_env("NOKTVRN_ISRC_PREFIX")
    )
    upc_prefix: str | None = Field(
        default=None, pattern="^[0-9]{6,10}$", validation_alias=_env("NOKTVRN_UPC_PREFIX")
    )
    """The label's own ranges. Without them releases carry test codes that no live courier takes."""

    release_lead_days: int = Field(
        default=14, ge=0, le=365, validation_alias=_env("NOKTVRN_RELEASE_LEAD_DAYS")
    )
    """Days between sealing and the release date at the stores (the date is moved on to a Friday)."""

    ddex_schema_dir: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_DDEX_SCHEMA_DIR"))
    """A folder with DDEX's ERN 4.3.2 schemas; when set, messages are validated against them too."""

    delivery_dir: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_DELIVERY_DIR"))
    """Where the folder courier delivers; unset: `delivered/` in the home."""

    ffmpeg: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_FFMPEG"))
    """The ffmpeg program; unset: the one on PATH, else the installed wheel's."""

    loudness: Literal["stores", "genre"] = Field(default="stores", validation_alias=_env("NOKTVRN_LOUDNESS"))
    """`stores`: masters at -14 LUFS, where stores play; `genre`: as loud as records of the genre are."""

    takes: int = Field(default=1, ge=1, le=8, validation_alias=_env("NOKTVRN_TAKES"))
    """How many takes of a song are recorded and ranked where the brief does not say."""

    evaluators: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_env("NOKTVRN_EVALUATORS")
    )
    """Judges of takes beside the house's own, as `package.module:factory`, separated by commas."""

    evaluator_timeout_s: float = Field(
        default=120.0, gt=0, le=3600, validation_alias=_env("NOKTVRN_EVALUATOR_TIMEOUT")
    )
    """Seconds one of them may take for one take."""

    composer: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_env("NOKTVRN_COMPOSER")
    )
    illustrator: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_env("NOKTVRN_ILLUSTRATOR")
    )
    camera: Annotated[tuple[str, ...], NoDecode] = Field(default=(), validation_alias=_env("NOKTVRN_CAMERA"))
    footage: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_env("NOKTVRN_FOOTAGE")
    )
    """Who composes, paints covers, shoots films and has footage: providers in the order they are asked,
    separated by commas. The embedded engines close each of them; a key alone asks nobody
    (docs/providers.md)."""

    unknown: Literal["embedded", "wait"] = Field(default="embedded", validation_alias=_env("NOKTVRN_UNKNOWN"))
    """What a run does where nobody knows whether a paid service took an order: `embedded` goes on with the
    free and embedded players, `wait` stops until `noktvrn ticket settle`."""

    patience_s: float = Field(default=60.0, ge=0, le=3600, validation_alias=_env("NOKTVRN_PATIENCE"))
    """Seconds an outside service that is busy, or says to come again later, is asked again for."""

    singer: str = Field(default="formant_singer", validation_alias=_env("NOKTVRN_SINGER"))
    """Who sings: `formant_singer` (vowels), `espeak_singer` (words), `file_singer` (a person's
    recording), `elevenlabs_voice` and `openai_speech` (spoken, for money), or `none` for a label without
    voices. Several, separated by commas, are asked in turn."""

    espeak: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_ESPEAK"))
    """The espeak-ng program of `espeak_singer`; unset: the one on PATH."""

    voice_file: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_VOICE_FILE"))
    voice_name: str | None = Field(default=None, validation_alias=_env("NOKTVRN_VOICE_NAME"))
    voice_use: Literal["recording", "speech", "clone"] = Field(
        default="recording", validation_alias=_env("NOKTVRN_VOICE_USE")
    )
    """What `file_singer` hands on: a person's recording, the name of the voice their consent is kept under,
    and what it is: sung, spoken, or made by a model of their voice."""

    soundfont: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_SOUNDFONT"))
    """A sound bank (.sf2, .sf3) of the person's own: songs are played on it instead of the house's
    instruments."""

    fluidsynth: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_FLUIDSYNTH"))
    """The fluidsynth program that plays it; unset: the one on PATH."""

    elevenlabs_api_key: SecretStr | None = Field(default=None, validation_alias=_env("ELEVENLABS_API_KEY"))
    elevenlabs_base_url: str | None = Field(default=None, validation_alias=_env("ELEVENLABS_BASE_URL"))
    """ElevenLabs, for songs and for spoken words; the address is another where the account is bound to a
    region."""

    elevenlabs_music_model: Literal["music_v2_5", "music_v2"] = Field(
        default="music_v2_5", validation_alias=_env("ELEVENLABS_MUSIC_MODEL")
    )
    elevenlabs_output: Literal["mp3_44100_128", "mp3_44100_192", "pcm_44100"] = Field(
        default="mp3_44100_128", validation_alias=_env("ELEVENLABS_OUTPUT")
    )
    """What songs come as: 192 kbit/s needs the plan Creator there, `pcm_44100` (kept as WAV) the plan Pro."""

    elevenlabs_voice: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9]{10,40}$", validation_alias=_env("ELEVENLABS_VOICE")
    )
    elevenlabs_voice_name: str | None = Field(default=None, validation_alias=_env("ELEVENLABS_VOICE_NAME"))
    elevenlabs_voice_model: Literal["eleven_multilingual_v2", "eleven_v3", "eleven_flash_v2_5"] = Field(
        default="eleven_multilingual_v2", validation_alias=_env("ELEVENLABS_VOICE_MODEL")
    )
    """Who speaks: the id of a voice there; unset: one of the service's stock voices, chosen by the artist's
    profile. A voice that is not of its stock speaks only under the name its person's consent is kept by."""

    openai_speech_base_url: str | None = Field(default=None, validation_alias=_env("OPENAI_SPEECH_BASE_URL"))
    openai_speech_model: str = Field(default="gpt-4o-mini-tts", validation_alias=_env("OPENAI_SPEECH_MODEL"))
    openai_voice: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2,20}$|^voice_[A-Za-z0-9_-]{1,60}$",
        validation_alias=_env("OPENAI_VOICE"),
    )
    openai_voice_name: str | None = Field(default=None, validation_alias=_env("OPENAI_VOICE_NAME"))
    """Speech of OpenAI (unset address: `OPENAI_BASE_URL`, else theirs): one of its stock voices, or
    `voice_...` and the name its person's consent is kept by."""

    openai_image_model: str = Field(default="gpt-image-2", validation_alias=_env("OPENAI_IMAGE_MODEL"))
    openai_image_quality: Literal["low", "medium", "high"] = Field(
        default="medium", validation_alias=_env("OPENAI_IMAGE_QUALITY")
    )
    """Pictures of OpenAI, with `OPENAI_API_KEY` and `OPENAI_BASE_URL`."""

    leonardo_api_key: SecretStr | None = Field(default=None, validation_alias=_env("LEONARDO_API_KEY"))
    leonardo_base_url: str | None = Field(default=None, validation_alias=_env("LEONARDO_BASE_URL"))
    leonardo_model: str = Field(
        default="de7d3faf-762f-48e0-b3b7-9d0ac3a3fcf3",
        pattern=r"^[A-Za-z0-9._-]{2,80}$",
        validation_alias=_env("LEONARDO_MODEL"),
    )
    leonardo_side: int = Field(default=1024, ge=512, le=2048, validation_alias=_env("LEONARDO_SIDE"))
    """Pictures of Leonardo: a model by its UUID (their v1) or by its short name (their v2), and how many
    pixels the longer side is asked for; every model takes 1024."""

    luma_api_key: SecretStr | None = Field(default=None, validation_alias=_env("LUMA_API_KEY"))
    luma_base_url: str | None = Field(default=None, validation_alias=_env("LUMA_BASE_URL"))
    luma_model: Literal["ray-3.2", "ray-2", "ray-flash-2"] = Field(
        default="ray-3.2", validation_alias=_env("LUMA_MODEL")
    )
    luma_resolution: Literal["540p", "720p", "1080p"] = Field(
        default="720p", validation_alias=_env("LUMA_RESOLUTION")
    )
    """Shots of Luma: `ray-3.2` by the Agents API, the others by the older Dream Machine API, which has keys
    of its own; and the resolution that is asked for at most."""

    picture_again: bool = Field(default=False, validation_alias=_env("NOKTVRN_PICTURE_AGAIN"))
    """Whether a paid picture that came with lettering on it is ordered once more before it is refused."""

    pexels_key: SecretStr | None = Field(default=None, validation_alias=_env("PEXELS_KEY"))
    pexels_base_url: str | None = Field(default=None, validation_alias=_env("PEXELS_BASE_URL"))
    pixabay_key: SecretStr | None = Field(default=None, validation_alias=_env("PIXABAY_KEY"))
    pixabay_base_url: str | None = Field(default=None, validation_alias=_env("PIXABAY_BASE_URL"))
    footage_dir: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_FOOTAGE_DIR"))
    """Libraries of footage, and a folder of the person's own clips; nothing in it is ever changed."""

    lyria_base_url: str | None = Field(default=None, validation_alias=_env("LYRIA_BASE_URL"))
    lyria_model: str = Field(default="lyria-3.5", validation_alias=_env("LYRIA_MODEL"))
    """Songs by Lyria, with the key `GEMINI_API_KEY`."""

    suno_api_key: SecretStr | None = Field(default=None, validation_alias=_env("SUNO_API_KEY"))
    suno_base_url: str | None = Field(default=None, validation_alias=_env("SUNO_BASE_URL", "SUNO_API_BASE"))
    suno_dialect: Literal["sunoapi", "kie"] = Field(default="sunoapi", validation_alias=_env("SUNO_DIALECT"))
    suno_model: str = Field(
        default="V5_5", pattern=r"^[A-Za-z0-9_./-]{1,60}$", validation_alias=_env("SUNO_MODEL")
    )
    suno_webhook_hmac_key: SecretStr | None = Field(
        default=None, validation_alias=_env("SUNO_WEBHOOK_HMAC_KEY")
    )
    """Songs through a reseller of Suno (sunoapi.org, or kie.ai), which Suno does not sanction. The last one
    is the key kie.ai signs its callbacks with, where that is switched on there."""

    acestep_url: str | None = Field(default=None, validation_alias=_env("ACESTEP_URL"))
    acestep_api_key: SecretStr | None = Field(default=None, validation_alias=_env("ACESTEP_API_KEY"))
    acestep_song: Micros | None = Field(default=None, validation_alias=_env("ACESTEP_SONG_USD"))
    """An ACE-Step 1.5 server, the key it was started with, and what a song costs there in US dollars where
    the server is rented; unset: it is the person's own, and costs nothing."""

    composer_command: str | None = Field(default=None, validation_alias=_env("NOKTVRN_COMPOSER_COMMAND"))
    composer_timeout_s: float = Field(
        default=1800.0, gt=0, le=86_400, validation_alias=_env("NOKTVRN_COMPOSER_TIMEOUT")
    )
    composer_rights: Literal["unknown", "yes", "no"] = Field(
        default="unknown", validation_alias=_env("NOKTVRN_COMPOSER_RIGHTS")
    )
    """A program that makes songs (docs/composer_command.md), the seconds one may take, and whether what it
    makes may be released at the stores."""

    studio: Literal["manual", "browser", "bas"] | None = Field(
        default=None, validation_alias=_env("NOKTVRN_STUDIO")
    )
    """How a person works at an outside studio (docs/suno-session.md); unset: not at all."""

    studio_url: str = Field(default="https://suno.com/create", validation_alias=_env("NOKTVRN_STUDIO_URL"))
    studio_inbox: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_STUDIO_INBOX"))
    """The studio's page, and the folder songs from it are downloaded to; nothing in it is ever changed."""

    studio_profile: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_STUDIO_PROFILE"))
    studio_selectors: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_STUDIO_SELECTORS"))
    studio_headless: bool = Field(default=False, validation_alias=_env("NOKTVRN_STUDIO_HEADLESS"))
    chromium: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_CHROMIUM"))
    """The browser's own profile folder (unset: one in the home), a TOML file with places on the page that
    goes before the bundled one, no window (tests and servers), and the browser (unset: the one on PATH)."""

    bas_port: int | None = Field(default=None, ge=1, le=65_535, validation_alias=_env("NOKTVRN_BAS_PORT"))
    bas_script: str = Field(default="", validation_alias=_env("NOKTVRN_BAS_SCRIPT"))
    bas_login: str = Field(default="", validation_alias=_env("NOKTVRN_BAS_LOGIN"))
    bas_password: SecretStr = Field(default=SecretStr(""), validation_alias=_env("NOKTVRN_BAS_PASSWORD"))
    """Where a BAS application that was started with remote control listens on this machine, and its script
    with login and password."""

    webhook_url: SecretStr | None = Field(default=None, validation_alias=_env("NOKTVRN_WEBHOOK_URL"))
    """Where notices are posted as JSON; unset: they are only logged."""

    telegram_bot_token: SecretStr | None = Field(default=None, validation_alias=_env("TELEGRAM_BOT_TOKEN"))
    telegram_chats: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(), validation_alias=_env("TELEGRAM_CHAT_ID")
    )
    telegram_users: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(), validation_alias=_env("TELEGRAM_ALLOWED_USERS")
    )
    telegram_base_url: str | None = Field(default=None, validation_alias=_env("TELEGRAM_BASE_URL"))
    telegram_webhook_secret: SecretStr | None = Field(
        default=None, validation_alias=_env("TELEGRAM_WEBHOOK_SECRET")
    )
    """The desk on a phone (docs/telegram.md): the bot's token, the chats that see what waits, the people
    who may decide there (unset: the one person of a private chat, nobody in a group), both as numbers
    separated by commas; another address of the Bot API; and the secret updates come with where they are
    sent to `PUBLIC_BASE_URL` instead of being fetched (unset: they are fetched)."""

    public_base_url: str | None = Field(
        default=None, pattern=r"^https?://[^\s?#]+$", validation_alias=_env("PUBLIC_BASE_URL")
    )
    """Where services reach this label's API to tell that something is ready; unset: they are only asked."""

    private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_env("NOKTVRN_PRIVATE_HOSTS")
    )
    """Servers of the person's own inside a private network, by name or address, separated by commas."""

    llm: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("openai", "deepseek", "gemini", "grok", "mistral", "anthropic", "local"),
        validation_alias=_env("NOKTVRN_LLM"),
    )
    """Language models in the order they are asked, separated by commas; those without a key are left out.
    `none`: no model is asked, whatever keys there are for other work."""

    llm_timeout_s: float = Field(default=90.0, gt=0, le=1800, validation_alias=_env("NOKTVRN_LLM_TIMEOUT"))
    """Seconds one question to a language model may take in all."""

    llm_deadline_s: float = Field(default=180.0, gt=0, le=3600, validation_alias=_env("NOKTVRN_LLM_DEADLINE"))
    """Seconds one piece of writing may wait for language models in all, whoever is asked."""

    llm_unknown: Literal["spare", "embedded"] = Field(
        default="spare", validation_alias=_env("NOKTVRN_LLM_UNKNOWN")
    )
    """Who goes on where nobody knows whether a paid model served a request: `spare` is the next one,
    `embedded` the embedded writer (docs/decisions/0009)."""

    llm_confidence: float = Field(default=0.8, ge=0, le=1, validation_alias=_env("NOKTVRN_LLM_CONFIDENCE"))
    llm_iterations: int = Field(default=2, ge=0, le=5, validation_alias=_env("NOKTVRN_LLM_ITERATIONS"))
    """A model's draft that scores so much (0..1) is good enough; others are mended, at most so many times.
    With 0 no critic is asked, and a draft costs what it costs."""

    prompt_autopromote: bool = Field(default=False, validation_alias=_env("NOKTVRN_PROMPT_AUTOPROMOTE"))
    """Whether a variant of a prompt with evidence for it takes the prompt's place without a person's word."""

    llm_pins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_env("NOKTVRN_LLM_PINS")
    )
    """Who is asked first for a task, whatever was learnt: `lyrics=openai`, `titles=local/llama3.2`."""

    llm_cost_weight: float = Field(
        default=0.05, ge=0, le=10, validation_alias=_env("NOKTVRN_LLM_COST_WEIGHT")
    )
    llm_latency_weight: float = Field(
        default=0.002, ge=0, le=1, validation_alias=_env("NOKTVRN_LLM_LATENCY_WEIGHT")
    )
    """How much score (0 to 1) a US cent and a second of waiting are worth when models are ranked."""

    llm_explore: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("titles", "lyrics", "captions"), validation_alias=_env("NOKTVRN_LLM_EXPLORE")
    )
    llm_explore_usd: float = Field(default=0.05, ge=0, validation_alias=_env("NOKTVRN_LLM_EXPLORE_USD"))
    """Tasks for which models little is known of are tried now and then, and what one such call may cost."""

    llm_store: Literal["content", "hashes"] = Field(
        default="content", validation_alias=_env("NOKTVRN_LLM_STORE")
    )
    """What the sessions keep of wishes and answers: their words, or only their hashes."""

    llm_cache_s: float = Field(default=7 * 86_400, ge=0, validation_alias=_env("NOKTVRN_LLM_CACHE"))
    """Seconds an answer is kept for the same question, where a task allows that; 0: never."""

    llm_cassette: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_LLM_CASSETTE"))
    llm_cassette_mode: Literal["record", "replay"] = Field(
        default="replay", validation_alias=_env("NOKTVRN_LLM_CASSETTE_MODE")
    )
    """A file of questions and answers: written while models are asked, or read instead of asking any."""

    openai_api_key: SecretStr | None = Field(default=None, validation_alias=_env("OPENAI_API_KEY"))
    openai_base_url: str | None = Field(default=None, validation_alias=_env("OPENAI_BASE_URL"))
    openai_model: str | None = Field(default=None, validation_alias=_env("OPENAI_MODEL"))
    deepseek_api_key: SecretStr | None = Field(default=None, validation_alias=_env("DEEPSEEK_API_KEY"))
    deepseek_base_url: str | None = Field(default=None, validation_alias=_env("DEEPSEEK_BASE_URL"))
    deepseek_model: str | None = Field(default=None, validation_alias=_env("DEEPSEEK_MODEL"))
    grok_api_key: SecretStr | None = Field(default=None, validation_alias=_env("GROK_API_KEY", "XAI_API_KEY"))
    grok_base_url: str | None = Field(default=None, validation_alias=_env("GROK_BASE_URL"))
    grok_model: str | None = Field(default=None, validation_alias=_env("GROK_MODEL"))
    mistral_api_key: SecretStr | None = Field(default=None, validation_alias=_env("MISTRAL_API_KEY"))
    mistral_base_url: str | None = Field(default=None, validation_alias=_env("MISTRAL_BASE_URL"))
    mistral_model: str | None = Field(default=None, validation_alias=_env("MISTRAL_MODEL"))
    local_api_key: SecretStr | None = Field(default=None, validation_alias=_env("NOKTVRN_LLM_KEY"))
    local_base_url: str | None = Field(default=None, validation_alias=_env("NOKTVRN_LLM_URL"))
    local_model: str | None = Field(default=None, validation_alias=_env("NOKTVRN_LLM_MODEL"))
    gemini_api_key: SecretStr | None = Field(default=None, validation_alias=_env("GEMINI_API_KEY"))
    gemini_base_url: str | None = Field(default=None, validation_alias=_env("GEMINI_BASE_URL"))
    gemini_model: str | None = Field(default=None, validation_alias=_env("GEMINI_MODEL"))
    anthropic_api_key: SecretStr | None = Field(default=None, validation_alias=_env("ANTHROPIC_API_KEY"))
    anthropic_base_url: str | None = Field(default=None, validation_alias=_env("ANTHROPIC_BASE_URL"))
    anthropic_model: str | None = Field(default=None, validation_alias=_env("ANTHROPIC_MODEL"))
    """Language models: a key, a base URL or both; `llm/endpoints.toml` has what is not set. `local` is a
    server of the person's own (Ollama, vLLM, llama.cpp): it needs no key and costs nothing."""

    local_timeout_s: float = Field(
        default=600.0, gt=0, le=3600, validation_alias=_env("NOKTVRN_LLM_LOCAL_TIMEOUT")
    )
    """Seconds one question to a server of the person's own may take: it loads its model with the first."""

    llm_servers: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_LLM_SERVERS"))
    """A TOML file with more servers of the person's own, each a table by its name (docs/models.md)."""

    prices: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_PRICES"))
    """A TOML file with what models cost; it goes before the bundled list (docs/models.md)."""

    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), validation_alias=_env("NOKTVRN_API_KEYS")
    )
    """Bearer keys beside the home's token file, separated by commas; needed to listen beyond loopback."""

    api_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_env("NOKTVRN_API_HOSTS")
    )
    """Host names the API answers to beside loopback, separated by commas."""

    calendar_days: int = Field(default=30, ge=1, le=366, validation_alias=_env("DEFAULT_CALENDAR_LENGTH"))
    """Length of a content plan when none is asked for."""

    language: str = Field(default="en", validation_alias=_env("DEFAULT_LANG"))
    """Language of words and captions. The embedded writer writes English."""

    genres_db_path: Path | None = Field(default=None, validation_alias=_env("GENRES_DB_PATH"))
    moods_db_path: Path | None = Field(default=None, validation_alias=_env("MOODS_DB_PATH"))
    tempi_db_path: Path | None = Field(default=None, validation_alias=_env("TEMPI_DB_PATH"))
    visual_styles_db_path: Path | None = Field(default=None, validation_alias=_env("VISUAL_STYLES_DB_PATH"))
    footage_db_path: Path | None = Field(default=None, validation_alias=_env("FOOTAGE_DB_PATH"))
    effects_db_path: Path | None = Field(default=None, validation_alias=_env("EFFECTS_DB_PATH"))
    trends_db_path: Path | None = Field(default=None, validation_alias=_env("TRENDS_DB_PATH"))
    """TOML files that replace the built-in reference tables (`noktvrn/reference/*.toml` show the columns)."""

    @field_validator(
        "composer",
        "illustrator",
        "camera",
        "footage",
        "api_keys",
        "api_hosts",
        "private_hosts",
        "llm",
        "llm_pins",
        "llm_explore",
        "evaluators",
        "telegram_chats",
        "telegram_users",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )


def variables() -> tuple[str, ...]:
    """Every environment variable that is read, in the order of the settings."""
    names: list[str] = []
    for field in Settings.model_fields.values():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            names += [choice for choice in alias.choices if isinstance(choice, str)]
    return tuple(names)
