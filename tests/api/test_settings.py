"""What the service is told from outside, and that production has no defaults for what is secret."""

import stat
from pathlib import Path

import pytest

from api.settings import Settings, SettingsError, load

COMPLETE = {
    "GRADING_MODE": "production",
    "GRADING_DATABASE_URL": "postgresql+psycopg://grading:secret@db/grading",
    "GRADING_SECRET_KEY": "k" * 32,
    "GRADING_PUBLIC_URL": "https://grading.example.gov.cn",
    "GRADING_DATA": "/var/lib/grading",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No settings of ours, in an empty folder."""
    for name in (*COMPLETE, "GRADING_RULESETS", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def given(environment: pytest.MonkeyPatch, **changes: str | None) -> None:
    for name, value in (COMPLETE | {f"GRADING_{name}": value for name, value in changes.items()}).items():
        if value is not None:
            environment.setenv(name, value)


@pytest.mark.usefixtures("environment")
def test_a_local_service_needs_nothing_to_be_set(tmp_path: Path) -> None:
    settings = load()
    assert settings.database == f"sqlite:///{tmp_path}/grading-data/grading.db"
    assert len(settings.key) >= 32


@pytest.mark.usefixtures("environment")
def test_a_local_services_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    assert load().key == load().key
    file = tmp_path / "grading-data" / "secret-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_complete_production_starts(environment: pytest.MonkeyPatch) -> None:
    given(environment)
    assert load().production


@pytest.mark.parametrize("missing", ["DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "DATA"])
def test_production_refuses_to_start_without_and_says_what_to_set(
    environment: pytest.MonkeyPatch, missing: str
) -> None:
    given(environment, **{missing: None})
    with pytest.raises(SettingsError) as caught:
        load()
    (problem,) = caught.value.problems
    assert problem.startswith(f"请设置 GRADING_{missing}：")


def test_production_names_everything_that_is_missing_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GRADING_MODE", "production")
    with pytest.raises(SettingsError) as caught:
        load()
    assert len(caught.value.problems) == 4


def test_production_makes_no_key_of_its_own(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(environment, SECRET_KEY=None, DATA=str(tmp_path))
    with pytest.raises(SettingsError):
        load()
    assert list(tmp_path.iterdir()) == []


def test_production_is_served_over_https(environment: pytest.MonkeyPatch) -> None:
    given(environment, PUBLIC_URL="http://grading.example.gov.cn")
    with pytest.raises(SettingsError, match="须为 https"):
        load()


def test_a_key_that_could_be_guessed_is_refused(environment: pytest.MonkeyPatch) -> None:
    given(environment, SECRET_KEY="short")
    with pytest.raises(SettingsError, match="GRADING_SECRET_KEY"):
        load()


def test_secrets_may_come_from_files(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "grading_secret_key").write_text("f" * 40)
    given(environment, SECRET_KEY=None)
    environment.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert load().key == b"f" * 40


def test_secrets_are_not_shown(environment: pytest.MonkeyPatch) -> None:
    given(environment)
    settings = load()
    assert "secret@" not in repr(settings)
    assert "kkkk" not in repr(settings)
    assert isinstance(settings, Settings)
