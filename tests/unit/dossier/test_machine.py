"""The document for machines."""

import json

from hegui.dossier.machine import write_json
from hegui.dossier.walk import uncited_numbers


def test_a_document_is_written_in_every_language_it_speaks(set_document):
    content = json.loads(write_json(set_document))

    paragraph, table = content["sections"][0]["blocks"]
    assert content["title"] == {"zh": "标题", "en": "Title"}
    assert paragraph["text"] == {"zh": "共 1,234 篇。", "en": "1,234 in all."}
    assert table["rows"][0][1] == {"zh": "5.12%，依据 第 17 条", "en": "5.12%, by Article 17"}
    assert table["rows"][1][1] == {"zh": "不符合", "en": "not met"}


def test_it_holds_only_cited_numbers(set_document):
    cited = [run.text for run in set_document.runs if run.cited]

    assert uncited_numbers(write_json(set_document).decode(), cited) == []
