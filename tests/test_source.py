"""Fetching: bytes arrive whole and verified, or not at all."""

from __future__ import annotations

import concurrent.futures
import functools
import hashlib
import http.server
import os
import shutil
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from salarylab.errors import DataError, VocabularyError
from salarylab.source import FileStamp, RawFile, Source, fetch, stamp

CONTENT = b"pay,degree\n50000,bachelor\n60000,master\n" * 200
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def source(redistribution: str = "free") -> Source:
    return Source(
        key="invented",
        title="Invented pay",
        publisher="Nobody",
        home="https://example.org",
        citation="Nobody (2024)",
        licence="public domain",
        redistribution=redistribution,  # type: ignore[arg-type]
        headline="Invented",
        asked=frozenset(),
    )


def raw_file(url: str | None = None, sha256: str | None = SHA256) -> RawFile:
    return RawFile(name="pay.csv", sha256=sha256, url=url, mirror="invented/pay.csv")


@pytest.fixture
def mirrored(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the file in a mirror of the test's own; return its path there."""
    file = project.parent / "mirror" / "invented" / "pay.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    monkeypatch.setenv("SALARYLAB_MIRROR", "../mirror")
    return file


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """Serve a folder on this machine's own address; yield the folder and its URL."""
    folder = tmp_path / "site"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def raw_folder(project: Path) -> Path:
    return project / "data" / "raw" / "invented"


def left_behind(project: Path) -> list[str]:
    folder = raw_folder(project)
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


def test_a_mirrored_file_arrives_whole_and_read_only(project: Path, mirrored: Path) -> None:
    path = fetch(source(), raw_file())
    assert path == raw_folder(project) / "pay.csv"
    assert path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert left_behind(project) == ["pay.csv"]


def test_a_file_at_hand_is_not_brought_again(project: Path, mirrored: Path) -> None:
    first = fetch(source(), raw_file())
    mirrored.unlink()
    assert fetch(source(), raw_file()) == first


@pytest.mark.parametrize("served", [CONTENT + b"\n", CONTENT[:-1], b""], ids=["edited", "truncated", "empty"])
def test_wrong_bytes_are_named_and_not_kept(project: Path, mirrored: Path, served: bytes) -> None:
    mirrored.write_bytes(served)
    with pytest.raises(DataError) as caught:
        fetch(source(), raw_file())
    (fault,) = caught.value.faults
    assert "pay.csv" in fault.thing
    assert fault.found == f"sha256 {hashlib.sha256(served).hexdigest()}"
    assert fault.expected == f"sha256 {SHA256}"
    assert "fetch it again" in fault.remedy
    assert left_behind(project) == []


def test_an_edited_file_at_hand_is_refused_and_left_as_it_is(project: Path, mirrored: Path) -> None:
    target = raw_folder(project) / "pay.csv"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"edited by hand\n")
    with pytest.raises(DataError, match="move it away") as caught:
        fetch(source(), raw_file())
    assert caught.value.faults[0].thing == str(Path("data/raw/invented/pay.csv"))
    assert target.read_bytes() == b"edited by hand\n"
    assert left_behind(project) == ["pay.csv"]


def test_a_file_that_the_mirror_lacks_is_named(project: Path, mirrored: Path) -> None:
    mirrored.unlink()
    with pytest.raises(DataError, match="no such file in the mirror") as caught:
        fetch(source(), raw_file(url="http://127.0.0.1:9/never-asked"))
    assert "invented/pay.csv" in caught.value.faults[0].thing
    assert "SALARYLAB_MIRROR" in caught.value.faults[0].remedy
    assert left_behind(project) == []


def test_a_mirror_that_is_no_folder_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", "no-such-folder")
    with pytest.raises(VocabularyError, match="SALARYLAB_MIRROR"):
        fetch(source(), raw_file())


def test_unclear_terms_are_not_downloaded_on_the_users_behalf(project: Path, site: tuple[Path, str]) -> None:
    folder, address = site
    (folder / "pay.csv").write_bytes(CONTENT)
    with pytest.raises(DataError, match="under its terms") as caught:
        fetch(source("unclear"), raw_file(url=f"{address}/pay.csv"))
    assert f"{address}/pay.csv" in caught.value.faults[0].remedy
    assert left_behind(project) == []


def test_unclear_terms_do_not_forbid_a_file_that_the_user_brought(project: Path, mirrored: Path) -> None:
    assert fetch(source("unclear"), raw_file()).read_bytes() == CONTENT


def test_a_download_says_whose_data_it_is_and_is_verified(
    project: Path, site: tuple[Path, str], capfd: pytest.CaptureFixture[str]
) -> None:
    folder, address = site
    (folder / "pay.csv").write_bytes(CONTENT)
    assert fetch(source(), raw_file(url=f"{address}/pay.csv")).read_bytes() == CONTENT
    told = capfd.readouterr()
    assert told.err == "fetching Invented pay (Nobody); licence: public domain\n"  # nothing of pooch's log
    assert told.out == ""


def test_a_download_shows_a_progress_bar_to_a_person(
    project: Path, site: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, address = site
    (folder / "pay.csv").write_bytes(CONTENT)
    monkeypatch.setattr(os, "isatty", lambda _: True)
    fetch(source(), raw_file(url=f"{address}/pay.csv"))
    assert "100%" in capfd.readouterr().err


def test_a_changed_download_keeps_nothing(project: Path, site: tuple[Path, str]) -> None:
    folder, address = site
    (folder / "pay.csv").write_bytes(CONTENT[:-5])
    with pytest.raises(DataError, match="newer release") as caught:
        fetch(source(), raw_file(url=f"{address}/pay.csv"))
    assert f"{address}/pay.csv" in caught.value.faults[0].thing
    assert left_behind(project) == []


def test_an_address_that_is_gone_is_named(project: Path, site: tuple[Path, str]) -> None:
    _, address = site
    with pytest.raises(DataError, match="404") as caught:
        fetch(source(), raw_file(url=f"{address}/gone.csv"))
    assert "check the address" in caught.value.faults[0].remedy
    assert left_behind(project) == []


def test_a_packaged_file_is_verified_where_it_lies(project: Path, tmp_path: Path) -> None:
    packaged = tmp_path / "packaged.csv"
    packaged.write_bytes(CONTENT)
    assert fetch(source(), RawFile("packaged.csv", SHA256, packaged=packaged)) == packaged
    packaged.write_bytes(b"another release")
    with pytest.raises(DataError, match=SHA256):
        fetch(source(), RawFile("packaged.csv", SHA256, packaged=packaged))
    packaged.unlink()
    with pytest.raises(DataError, match="no such file"):
        fetch(source(), RawFile("packaged.csv", SHA256, packaged=packaged))


def test_processes_that_fetch_at_once_find_the_file_whole(project: Path, mirrored: Path) -> None:
    # threads stand in for processes: what they share is the folder
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda _: fetch(source(), raw_file(sha256=None)), range(24)))
    assert [path.read_bytes() for path in paths] == [CONTENT]
    assert left_behind(project) == ["pay.csv", "pay.csv.sha256"]


def test_another_arrival_does_not_replace_the_first(
    project: Path, mirrored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = raw_folder(project) / "pay.csv"
    real_copy = shutil.copyfile

    def outrun(origin: Path, arrived: Path) -> None:
        """Copy as asked, after another process has put the file in its place."""
        real_copy(origin, target)
        real_copy(origin, arrived)

    monkeypatch.setattr(shutil, "copyfile", outrun)
    path = fetch(source(), raw_file())
    assert stat.S_IMODE(path.stat().st_mode) != 0o444  # the other one's
    assert left_behind(project) == ["pay.csv"]


# No published hash: the first arrival's is kept to


def test_a_hash_that_nobody_published_is_recorded_as_sha256sum_writes_it(project: Path, mirrored: Path) -> None:
    fetch(source(), raw_file("https://example.org/pay.csv", sha256=None))
    lock = raw_folder(project) / "pay.csv.sha256"
    comment, line = lock.read_text(encoding="utf-8").splitlines()
    assert comment.startswith("# https://example.org/pay.csv")
    assert line == f"{SHA256}  pay.csv"
    assert left_behind(project) == ["pay.csv", "pay.csv.sha256"]


def test_a_stamp_carries_the_hash_that_the_file_was_held_against(project: Path, mirrored: Path) -> None:
    for sha256 in (SHA256, None):
        fetch(source(), raw_file(sha256=sha256))
        assert stamp(source(), raw_file(sha256=sha256), 400) == FileStamp("pay.csv", SHA256, 400)


@pytest.mark.parametrize("where", ["at hand", "arriving anew"])
def test_bytes_other_than_those_of_the_first_arrival_are_refused(project: Path, mirrored: Path, where: str) -> None:
    unpinned = raw_file(sha256=None)
    path = fetch(source(), unpinned)
    path.unlink()
    changed = path if where == "at hand" else mirrored
    changed.write_bytes(b"another release\n")
    before = left_behind(project)
    with pytest.raises(DataError, match=r"remove pay\.csv\.sha256 to accept") as caught:
        fetch(source(), unpinned)
    (fault,) = caught.value.faults
    assert fault.found == f"sha256 {hashlib.sha256(changed.read_bytes()).hexdigest()}"
    assert fault.expected == f"sha256 {SHA256}"
    assert changed.read_bytes() == b"another release\n"
    assert left_behind(project) == before


def test_a_person_may_accept_other_bytes(project: Path, mirrored: Path) -> None:
    unpinned = raw_file(sha256=None)
    fetch(source(), unpinned).unlink()
    mirrored.write_bytes(b"another release\n")
    (raw_folder(project) / "pay.csv.sha256").unlink()
    assert fetch(source(), unpinned).read_bytes() == b"another release\n"
    assert stamp(source(), unpinned, 1).sha256 == hashlib.sha256(b"another release\n").hexdigest()


def test_a_file_brought_by_hand_is_recorded_when_first_read(project: Path) -> None:
    target = raw_folder(project) / "pay.csv"
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT)
    assert fetch(source(), raw_file(sha256=None)) == target
    assert stamp(source(), raw_file(sha256=None), 1).sha256 == SHA256


def test_a_record_that_holds_no_hash_is_named(project: Path, mirrored: Path) -> None:
    fetch(source(), raw_file(sha256=None))
    (raw_folder(project) / "pay.csv.sha256").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="64 hexadecimal digits"):
        fetch(source(), raw_file(sha256=None))
