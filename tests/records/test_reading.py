import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.errors import DataError
from salarylab.records import reading
from salarylab.records.reading import Dialect, read_csv, read_member, read_sheet, require_header


def test_quotes_line_ends_and_empty_lines_are_read_as_the_standard_says():
    raw = b'\xef\xbb\xbftitle,pay\r\n"engineer,\r\nsenior",90\r\n\r\n"says ""x""",\r\nlast,1'
    assert read_csv(raw, thing="t").rows() == [
        (1, "engineer,\r\nsenior", "90"),
        (2, 'says "x"', None),
        (3, "last", "1"),
    ]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=6)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from([1, 2, 5, 1 << 22]))
def test_what_a_csv_writer_writes_is_read_back_whatever_the_block(records, block):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b", "c"], *records])
    before, reading._BLOCK = reading._BLOCK, block
    try:
        counted = reading._cells(text.getvalue().encode(), Dialect())
    finally:
        reading._BLOCK = before
    assert counted.tolist() == [3] * (len(records) + 1)
    read = read_csv(text.getvalue().encode(), thing="t", columns=["a", "b", "c"]).select("a", "b", "c")
    assert [[cell or "" for cell in row] for row in read.iter_rows()] == records


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "an empty file"),
        (b" \n", "an empty file"),
        (b"  <!DOCTYPE html><html>404</html>", "a web page"),
        (b"a,b\n1,2,3\n", "record 1 has 3"),
        (b"a,b\n1,2\n3\n", "record 2 has 1"),
        (b"a,a\n1,2\n", "columns of the same name"),
        (b'a,b\n1,"2\n3,4\n', "could not parse"),
        (b"\xff\xfea,b\n", "not utf-8"),
        (b"a,b\n1,\xc3(\n", "utf-8"),
        (b"a\0b\n1\n", "bytes that no text holds"),
    ],
)
def test_what_is_no_whole_table_is_refused(raw, told):
    with pytest.raises(DataError, match=told):
        read_csv(raw, thing="pay.csv")


def test_a_cut_record_is_marked_where_the_reader_asks_for_it_and_never_shifted():
    table = read_csv(b"a,b,c\n1,2,3\n4,5\n", thing="t", columns=["a", "c"], mark_cut=True)
    assert table.rows() == [(1, "1", "3", False), (2, "4", None, True)]


def test_without_quoting_a_quote_is_a_sign_like_any_other():
    table = read_csv(b'a\tb\n"said\t1\n', thing="t", dialect=Dialect("\t", quote=""))
    assert table.rows() == [(1, '"said', "1")]


def test_another_encoding_is_decoded_or_refused():
    raw = "місто,оплата\nКиїв,100\n".encode("windows-1251")
    assert read_csv(raw, thing="t", dialect=Dialect(encoding="windows-1251")).rows() == [(1, "Київ", "100")]
    with pytest.raises(DataError, match="is not utf-8"):
        read_csv(raw, thing="t")


def test_a_header_that_lacks_columns_is_refused_with_near_names_and_strangers():
    with pytest.raises(DataError) as refused:
        require_header(["Salery", "Land"], ["Salary", "Country", "Land"], thing="t")
    first, second = refused.value.faults
    assert "'Salery'" in first.remedy
    assert second.expected == "one of the file's other columns: Salery"


def _archive(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_one_member_is_read_and_nothing_is_unpacked(tmp_path):
    path = _archive(tmp_path / "pay.zip", [("pay.csv", "a\n1\n"), ("__MACOSX/._pay.csv", "x")])
    assert read_member(path, "pay.csv", thing="t") == b"a\n1\n"
    assert [file.name for file in tmp_path.iterdir()] == ["pay.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "members", [[("../pay.csv", "a")], [("/pay.csv", "a")], [("pay.csv", "a"), ("pay.csv", "b")], [("other.csv", "a")]]
)
def test_archives_with_names_that_lead_astray_are_refused(tmp_path, members):
    with pytest.raises(DataError):
        read_member(_archive(tmp_path / "pay.zip", members), "pay.csv", thing="t")


def test_an_archive_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = _archive(tmp_path / "pay.zip", [("pay.csv", b"0" * 60_000_000)])
    with pytest.raises(DataError, match="that unpack to 60,000,000"):
        read_member(path, "pay.csv", thing="t")
    with pytest.raises(DataError, match="that unpack to"):
        read_sheet(path, thing="t")


def test_a_damaged_archive_is_refused(tmp_path):
    path = _archive(tmp_path / "pay.zip", [("pay.csv", "a,b\n1,2\n" * 500)])
    whole = path.read_bytes()
    for broken in (whole[:40], whole[:44] + b"\0\0\0\0" + whole[48:], b"<html>", b""):
        path.write_bytes(broken)
        with pytest.raises(DataError):
            read_member(path, "pay.csv", thing="t")
    with pytest.raises(DataError):
        read_sheet(b"PK\x03\x04 no workbook", thing="t")
