"""What is counted."""

from hegui.gateway.metrics import Metrics


def test_everything_counted_is_shown():
    metrics = Metrics()
    metrics.exchanged(surface="chat/completions", stream=True, outcome="answered", seconds=0.2)
    metrics.exchanged(surface="chat/completions", stream=True, outcome="answered", seconds=400.0)
    metrics.found(direction="output", risk="A.1.h")
    metrics.rejected(401)
    metrics.in_flight += 1

    lines = metrics.text({'http://h/"v1': True, "http://i/v1": False}).splitlines()

    labels = 'surface="chat/completions",stream="true",outcome="answered"'
    for line in (
        f"hegui_gateway_exchanges_total{{{labels}}} 2",
        'hegui_gateway_findings_total{direction="output",risk="A.1.h"} 1',
        'hegui_gateway_rejected_total{status="401"} 1',
        'hegui_gateway_exchange_seconds_bucket{surface="chat/completions",le="0.1"} 0',
        'hegui_gateway_exchange_seconds_bucket{surface="chat/completions",le="0.25"} 1',
        'hegui_gateway_exchange_seconds_bucket{surface="chat/completions",le="+Inf"} 2',
        'hegui_gateway_exchange_seconds_sum{surface="chat/completions"} 400.200000',
        'hegui_gateway_exchange_seconds_count{surface="chat/completions"} 2',
        "hegui_gateway_in_flight 1",
        'hegui_gateway_upstream_up{upstream="http://h/\\"v1"} 1',
        'hegui_gateway_upstream_up{upstream="http://i/v1"} 0',
    ):
        assert line in lines
    assert all(line.startswith(("# HELP hegui_", "# TYPE hegui_", "hegui_")) for line in lines)


def test_others_have_sections_of_their_own_and_whether_anything_is_done_is_told():
    metrics = Metrics()
    metrics.acts = False
    metrics.sections.append(lambda: iter(["hegui_gateway_other_total 3"]))

    lines = metrics.text({}).splitlines()

    assert {"hegui_gateway_acts 0", "hegui_gateway_other_total 3"} <= set(lines)
