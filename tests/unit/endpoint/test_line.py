"""What carries questions is loaded when there is one to carry; what it does, ``test_service`` says."""

import subprocess
import sys


def test_reading_a_corpus_loads_no_http_client():
    loaded = "import sys, hegui.corpus; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
