"""Property: what is published is the old folder or the new one, whole, whatever the system can do."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from salarylab.report import publish as publishing
from salarylab.report.publish import publish, write_whole


def folder(path: Path, text: str) -> Path:
    path.mkdir(parents=True)
    (path / "page").write_text(text, encoding="utf-8")
    (path / text).touch()
    return path


def seen(path: Path) -> list[str]:
    return sorted(child.name for child in path.iterdir())


@pytest.mark.parametrize("exchange", [True, False])
def test_the_new_folder_takes_the_place_of_the_old_one(
    tmp_path: Path, exchange: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchange:
        monkeypatch.setattr(publishing, "_exchange", lambda one, other: False)
    target = tmp_path / "reports" / "r" / "default"
    for text in ("old", "new"):
        publish(folder(tmp_path / text / "report", text), target)
        assert seen(target) == sorted(["page", text])
        assert (target / "page").read_text(encoding="utf-8") == text


def test_the_old_folder_comes_back_when_the_new_one_cannot_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = folder(tmp_path / "target", "old")
    finished = folder(tmp_path / "room" / "report", "new")
    rename = os.rename

    def refuse(one: Path, other: Path) -> None:
        if one == finished:
            raise PermissionError("no")
        rename(one, other)

    monkeypatch.setattr(publishing, "_exchange", lambda one, other: False)
    monkeypatch.setattr(publishing.os, "rename", refuse)
    with pytest.raises(PermissionError):
        publish(finished, target)
    assert seen(target) == ["old", "page"]


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for text in ("old", "new"):
        write_whole(tmp_path / "index.html", text)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "new"
    assert seen(tmp_path) == ["index.html"]


def test_a_workroom_is_hidden_and_gone_afterwards_even_after_an_error(tmp_path: Path) -> None:
    def break_off() -> None:
        with publishing.workroom(tmp_path) as room:
            (room / "page").touch()
            assert [path.name[0] for path in tmp_path.iterdir()] == ["."]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert seen(tmp_path) == []


def test_a_sweep_takes_the_rooms_of_the_dead_and_no_other(tmp_path: Path) -> None:
    with publishing.workroom(tmp_path) as room:
        (tmp_path / f"{publishing.PREFIX}left").mkdir()
        folder(tmp_path / "report", "old")
        publishing.sweep(tmp_path)
        assert seen(tmp_path) == sorted([room.name, "report"])


def test_a_record_is_withdrawn_with_the_folders_that_it_leaves_empty(tmp_path: Path) -> None:
    one, other = (folder(tmp_path / "_failed" / name / "default", "old") for name in ("one", "other"))
    with publishing.workroom(tmp_path) as room:
        publishing.withdraw(one, room)
        assert not one.parent.exists()
        publishing.withdraw(tmp_path / "absent", room)
    with publishing.workroom(tmp_path) as room:
        publishing.withdraw(other, room)
    assert seen(tmp_path) == []


def test_a_report_that_another_build_publishes_first_is_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, rename = tmp_path / "reports" / "r" / "default", os.rename

    def lose(one: Path, other: Path) -> None:
        monkeypatch.setattr(publishing.os, "rename", rename)
        folder(target, "theirs")
        rename(one, other)

    monkeypatch.setattr(publishing.os, "rename", lose)
    publish(folder(tmp_path / "report", "ours"), target)
    assert seen(target) == ["ours", "page"]


def test_a_folder_that_another_build_takes_away_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, rename = tmp_path / "_failed" / "r" / "default", os.rename

    def lose(one: Path, other: Path) -> None:
        monkeypatch.setattr(publishing.os, "rename", rename)
        target.parent.rmdir()
        rename(one, other)

    monkeypatch.setattr(publishing.os, "rename", lose)
    publish(folder(tmp_path / "report", "ours"), target)
    assert seen(target) == ["ours", "page"]
    with pytest.raises(FileNotFoundError):
        publish(tmp_path / "absent", target)


@pytest.mark.skipif(sys.platform == "win32", reason="folders can't be locked there")
def test_a_file_system_without_locks_has_workrooms_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with publishing.workroom(tmp_path) as room:
        publishing.sweep(tmp_path)
        assert room.is_dir()
    assert seen(tmp_path) == []
