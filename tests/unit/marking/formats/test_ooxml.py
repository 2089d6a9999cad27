import io
import re
import zipfile

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.packaging.custom import StringProperty
from pptx import Presentation

from hegui.marking import (
    Carrier,
    Dialect,
    ExplicitLabel,
    Fault,
    ImplicitLabel,
    MalformedFile,
    NoMiddle,
    Placement,
    Prominence,
)
from hegui.marking.explicit import Treatment
from hegui.marking.formats.ooxml import (
    OOXML,
    NoOfficeDocument,
    NoRunningText,
    PackageEncrypted,
    PackageSigned,
)
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import ooxmls

HOME, TYPES, LINKS = "docProps/custom.xml", "[Content_Types].xml", "_rels/.rels"
OPEN = "http://schemas.openxmlformats.org/officeDocument/2006"
ISO = "http://purl.oclc.org/ooxml/officeDocument"
SIGNATURE = (
    '<Relationship Id="s" Target="_xmlsignatures/origin.sigs" '
    'Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"/>'
)
ENCRYPTED = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le")


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def package(**changes: bytes | str | None) -> bytes:
    """The spreadsheet with properties, with other contents of some parts; ``None`` leaves a part out."""
    names = {"home": HOME, "types": TYPES, "links": LINKS}
    parts = files(ooxmls()["xlsx with properties"]) | {
        names.get(key, key): part for key, part in changes.items()
    }
    return packed({name: part for name, part in parts.items() if part is not None})


def text(name: str) -> str:
    return files(ooxmls()["xlsx with properties"])[name].decode()


def embed(data: bytes, label: ImplicitLabel) -> bytes:
    result = spliced(data, OOXML.write(data, label))
    prove(OOXML, before=data, after=result, label=label)
    return result


def read(data: bytes):
    items = list(OOXML.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def properties(inner: str, edition: str = f"{OPEN}/custom-properties") -> str:
    return f'<?xml version="1.0"?><Properties xmlns="{edition}">{inner}</Properties>'


def labelled(value: str, name: str = "AIGC", pid: str = "2") -> str:
    quoted = value.replace("&", "&amp;").replace("<", "&lt;")
    typed = f'<vt:lpwstr xmlns:vt="{OPEN}/docPropsVTypes">{quoted}</vt:lpwstr>'
    return f'<property name="{name}" pid="{pid}">{typed}</property>'


@given(st.from_type(ImplicitLabel), st.data())
def test_what_is_embedded_is_what_is_extracted(label, data):
    document = ooxmls()[data.draw(st.sampled_from(sorted(ooxmls())))]
    ((item,), faults) = read(embed(document, label))
    assert (item.strict(), item.carrier, item.dialect, faults) == (
        label,
        Carrier.CUSTOM_PROPERTY,
        Dialect.BARE,
        [],
    )
    assert item.deviations == () or label.label != "1"


@pytest.mark.parametrize("kind", ooxmls())
def test_three_parts_change_at_most_and_all_others_keep_their_packed_bytes(label, kind):
    before = ooxmls()[kind]
    after = embed(before, label)
    old, new = files(before), files(after)
    assert {name for name in new if new[name] != old.get(name)} <= {HOME, TYPES, LINKS}
    with zipfile.ZipFile(io.BytesIO(before)) as one, zipfile.ZipFile(io.BytesIO(after)) as other:
        assert [name for name in other.namelist() if name != HOME] == [
            name for name in one.namelist() if name != HOME
        ]
        for entry in one.infolist():
            if entry.filename not in {HOME, TYPES, LINKS}:
                twin = other.getinfo(entry.filename)
                size = 30 + len(entry.filename) + entry.compress_size
                assert (
                    before[entry.header_offset : entry.header_offset + size]
                    == after[twin.header_offset : twin.header_offset + size]
                )


@pytest.mark.parametrize("kind", ["xlsx", "xlsx with properties", "xlsx, stored"])
def test_openpyxl_reads_the_label_among_the_other_properties(label, kind):
    book = load_workbook(io.BytesIO(embed(ooxmls()[kind], label)))
    assert book.custom_doc_props["AIGC"].value == label.bare()
    if kind == "xlsx with properties":
        assert book.custom_doc_props["Approved by"].value == "kept"


def test_what_openpyxl_writes_as_a_label_is_read_and_replaced(label, other_label):
    book = load_workbook(io.BytesIO(ooxmls()["xlsx"]))
    book.custom_doc_props.append(StringProperty(name="AIGC", value=other_label.bare()))
    file = io.BytesIO()
    book.save(file)
    ((item,), _) = read(file.getvalue())
    assert (item.strict(), item.deviations) == (other_label, ())
    ((item,), _) = read(embed(file.getvalue(), label))
    assert item.strict() == label


def test_word_and_powerpoint_readers_keep_the_label_when_they_save_the_file(label):
    for kind, opened in (("docx", Document), ("pptx", Presentation)):
        file = io.BytesIO()
        opened(io.BytesIO(embed(ooxmls()[kind], label))).save(file)
        ((item,), _) = read(file.getvalue())
        assert item.strict() == label


def test_a_file_with_macros_is_labelled_like_any_other(label):
    types = text(TYPES).replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    data = package(types=types, **{"xl/vbaProject.bin": b"macros"})
    assert files(embed(data, label))["xl/vbaProject.bin"] == b"macros"


def test_a_strict_file_is_labelled_in_its_own_namespaces(label, other_label):
    links = text(LINKS).replace(f"{OPEN}/relationships", f"{ISO}/relationships")
    links = re.sub(r"<Relationship [^>]*custom-properties[^>]*/>", "", links)
    types = re.sub(r"<Override [^>]*custom-properties[^>]*/>", "", text(TYPES))
    result = files(embed(package(home=None, links=links, types=types), label))
    assert f'xmlns="{ISO}/customProperties"'.encode() in result[HOME]
    assert f'xmlns:vt="{ISO}/docPropsVTypes"'.encode() in result[HOME]
    assert f'Type="{ISO}/relationships/customProperties"'.encode() in result[LINKS]
    again = embed(packed(result), other_label)
    assert files(again)[HOME].count(f"{ISO}/docPropsVTypes".encode()) == 1


def test_a_label_in_another_case_or_twice_becomes_one(label, other_label):
    inner = (
        labelled(other_label.wrapped(), "aigc", "7")
        + labelled("x", "Owner", "2")
        + labelled("y", "AIGC", "3")
    )
    data = package(home=properties(inner))
    (labels, _) = read(data)
    assert [item.dialect for item in labels] == [Dialect.WRAPPED, Dialect.UNREADABLE]
    assert "outer AIGC" in labels[0].deviations[0].text.en
    result = files(embed(data, label))[HOME].decode()
    assert re.findall(r'pid="(\d)" name="AIGC"', result) == ["7"]
    assert 'name="Owner"' in result


@pytest.mark.parametrize(
    ("inner", "number"),
    [
        ("", "2"),
        (labelled("x", "Owner", "2") + labelled("y", "Date", "4"), "3"),
        (labelled("x", "AIGC", "1"), "2"),
        (labelled("x", "AIGC", "one"), "2"),
        (labelled("x", "Owner", "2") + labelled("x", "AIGC", "2"), "3"),
    ],
)
def test_numbers_of_properties_begin_with_two_and_none_is_given_twice(label, inner, number):
    result = files(embed(package(home=properties(inner)), label))[HOME].decode()
    assert re.findall(r'pid="(\d+)" name="AIGC"', result) == [number]


def test_prefixes_and_roots_that_close_themselves_are_kept_in_their_ways(label):
    home = f'<p:Properties xmlns:p="{OPEN}/custom-properties"/>'
    links = re.sub("<(/?)Relationship", "<\\1r:Relationship", text(LINKS)).replace("xmlns=", "xmlns:r=")
    links = re.sub(r"<r:Relationship [^>]*custom-properties[^>]*/>", "", links)
    types = re.sub("<(/?)(Types|Override|Default)", "<\\1t:\\2", text(TYPES)).replace("xmlns=", "xmlns:t=")
    types = re.sub(r"<t:Override [^>]*custom-properties[^>]*/>", "", types)
    result = files(embed(package(home=home, links=links, types=types), label))
    assert result[HOME].endswith(b"</p:property></p:Properties>")
    assert b"<r:Relationship Id=" in result[LINKS]
    assert f'<t:Override PartName="/{HOME}"'.encode() in result[TYPES]


def test_a_part_that_nothing_leads_to_is_read_and_led_to(label, other_label):
    links = re.sub(r"<Relationship [^>]*custom-properties[^>]*/>", "", text(LINKS))
    data = package(home=properties(labelled(other_label.bare())), links=links)
    ((item,), _) = read(data)
    assert item.strict() == other_label
    assert b"/custom-properties" in files(embed(data, label))[LINKS]


def test_a_relationship_that_leads_elsewhere_is_followed(label):
    links = text(LINKS).replace(HOME, "docProps/own.xml")
    types = text(TYPES).replace(f"/{HOME}", "/docProps/own.xml")
    for parts in ({"docProps/own.xml": properties("")}, {}):
        result = embed(package(home=None, links=links, types=types, **parts), label)
        assert label.bare().encode() in files(result)["docProps/own.xml"].replace(b"&quot;", b'"')


def test_a_wrong_content_type_is_put_right(label):
    types = text(TYPES).replace(
        "application/vnd.openxmlformats-officedocument.custom-properties+xml", "text/xml"
    )
    data = package(types=types)
    result = spliced(data, OOXML.write(data, label))
    assert b"custom-properties+xml" in files(result)[TYPES]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"links": None}, "_rels/.rels is missing"),
        ({"types": "<Types>"}, "cannot be read"),
        ({"home": "<Properties"}, "cannot be read"),
        ({"home": "<!DOCTYPE a [<!ENTITY b 'b'>]><Properties/>"}, "document type"),
        ({"home": "<Properties/>"}, "holds no properties"),
        ({"home": properties("").replace("Properties", "Other")}, "holds no properties"),
        ({"links": "twice"}, "relationships of its properties"),
        ({"links": "out"}, "relationships of its properties"),
        ({"links": "Chinese"}, "relationships of its properties"),
    ],
)
def test_a_damaged_package_is_not_written_into(label, changes, reason):
    (link,) = re.findall(r"<Relationship [^>]*custom-properties[^>]*/>", text(LINKS))
    others = {
        "twice": text(LINKS).replace(link, link + link.replace('Id="', 'Id="x')),
        "out": text(LINKS).replace(HOME, "../custom.xml"),
        "Chinese": text(LINKS).replace(HOME, "属性.xml"),
    }
    data = package(**{key: others.get(part, part) for key, part in changes.items()})
    with pytest.raises(MalformedFile, match=reason):
        OOXML.write(data, label)


def test_what_cannot_be_read_is_a_fault_and_the_rest_is_read(other_label):
    data = package(links="<Relationships", home=properties(labelled(other_label.bare())))
    ((item,), (fault,)) = read(data)
    assert item.strict() == other_label
    assert "_rels/.rels cannot be read" in fault.text.en
    (labels, (fault,)) = read(
        package(home="<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>")
    )
    assert labels == []
    assert "document type" in fault.text.en


def test_a_part_that_expands_without_end_is_not_followed(label):
    data = package(home=properties(" " * (17 << 20)))
    (labels, (fault,)) = read(data)
    assert labels == []
    assert "too large" in fault.text.en
    with pytest.raises(MalformedFile):
        OOXML.write(data, label)


@pytest.mark.parametrize("kind", ooxmls())
def test_a_file_without_a_label_has_none(kind):
    assert read(ooxmls()[kind]) == ([], [])


PROMINENCE = Prominence(height=0.05, seconds=2)


@pytest.mark.parametrize(
    ("placement", "index", "words"),
    [(Placement.START, 0, "AI<生成>"), (Placement.END, -1, "AI<生成>"), (Placement.CORNER, -1, "AI")],
)
def test_a_document_takes_words_for_its_readers_once(label, placement, index, words):
    explicit = ExplicitLabel(wording="AI<生成>", placement=placement)
    for data in (ooxmls()["docx"], embed(ooxmls()["docx"], label)):
        before = Document(io.BytesIO(data))
        shown = OOXML.show(data, explicit, PROMINENCE)
        assert shown[1:] == (words, Treatment.KEPT)
        after = Document(io.BytesIO(shown.data))
        texts = [paragraph.text for paragraph in after.paragraphs]
        assert texts.pop(index) == f"【{words}】"
        assert texts == [paragraph.text for paragraph in before.paragraphs]
        assert after.sections[0].page_width == before.sections[0].page_width
        assert OOXML.show(shown.data, explicit, PROMINENCE) == shown
        embed(shown.data, label)


def test_a_document_without_a_description_of_its_pages_takes_them_too():
    parts = files(ooxmls()["docx"])
    parts["word/document.xml"] = re.sub(rb"<w:sectPr.*?</w:sectPr>", b"", parts["word/document.xml"])
    shown = OOXML.show(packed(parts), ExplicitLabel(placement=Placement.END), PROMINENCE)
    assert Document(io.BytesIO(shown.data)).paragraphs[-1].text == f"【{shown.words}】"


def test_sheets_and_slides_take_no_words_and_a_document_none_in_its_middle():
    for kind in ("xlsx", "pptx"):
        with pytest.raises(NoRunningText, match="Word documents only"):
            OOXML.show(ooxmls()[kind], ExplicitLabel(), PROMINENCE)
    with pytest.raises(NoRunningText):
        OOXML.show(
            package(links=text(LINKS).replace("xl/workbook.xml", "nothing.xml")), ExplicitLabel(), PROMINENCE
        )
    with pytest.raises(NoMiddle):
        OOXML.show(ooxmls()["docx"], ExplicitLabel(placement=Placement.MIDDLE), PROMINENCE)


def test_a_damaged_archive_is_a_fault_and_is_not_written_into(label):
    data = ooxmls()["docx"][:-1]
    assert OOXML.recognises(data)
    (labels, (fault,)) = read(data)
    assert (labels, fault.text.en) == ([], "the end of its directory is missing")
    with pytest.raises(MalformedFile):
        OOXML.write(data, label)
    assert not OOXML.recognises(packed({"mimetype": b"application/epub+zip"}))


@pytest.mark.parametrize("part", [{"_xmlsignatures/origin.sigs": b""}, {"links": SIGNATURE}])
def test_a_signed_package_is_refused(label, part):
    if "links" in part:
        part = {"links": text(LINKS).replace("</Relationships>", SIGNATURE + "</Relationships>")}
    with pytest.raises(PackageSigned, match="Label it first"):
        OOXML.write(package(**part), label)


def test_an_encrypted_package_is_told_from_other_files_and_refused(label):
    assert OOXML.recognises(ENCRYPTED)
    assert not OOXML.recognises(ENCRYPTED[:520])
    (labels, (fault,)) = read(ENCRYPTED)
    assert (labels, fault.text.en) == ([], "the file is encrypted, and was not read")
    with pytest.raises(PackageEncrypted, match="Take the password off"):
        OOXML.write(ENCRYPTED, label)


def test_a_package_of_another_kind_is_refused(label):
    links = text(LINKS).replace("relationships/officeDocument", "relationships/other")
    with pytest.raises(NoOfficeDocument, match=r"save it as \.docx"):
        OOXML.write(package(links=links), label)


def test_what_is_no_sound_archive_has_no_text_for_people():
    assert OOXML.text(ENCRYPTED) == ("", ())
