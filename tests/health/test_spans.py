"""When tracing is on, and what is taken for a traceparent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health import spans
from health.spans import during, exporter_of, well_formed

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}


@pytest.mark.parametrize(
    ("environment", "exporter"),
    [
        ({}, "none"),
        (ENDPOINT, "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": " Console "}, "console"),
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"}, "none"),
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": ""}, "otlp"),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "true"}, "none"),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, "otlp"),
    ],
)
def test_the_environment_says_where_spans_go(environment: dict[str, str], exporter: str) -> None:
    assert exporter_of(environment) == exporter


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "must be otlp, console or none"),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "only http/protobuf"),
    ],
)
def test_what_is_not_built_in_is_refused_at_the_start(environment: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        exporter_of(environment)


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01"),
        (f"00-{TRACE}-{SPAN}-00", f"00-{TRACE}-{SPAN}-00"),
        (f"cc-{TRACE}-{SPAN}-ff", f"00-{TRACE}-{SPAN}-01"),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        (f"00-{TRACE}-{SPAN}-01\n", None),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_well_formed_traceparent_is_taken(sent: str | None, taken: str | None) -> None:
    assert well_formed(sent) == taken


@given(st.text(max_size=70))
def test_whatever_is_sent_nothing_else_comes_out(sent: str) -> None:
    taken = well_formed(sent)
    assert taken is None or well_formed(taken) == taken


def test_while_tracing_is_off_there_is_no_span() -> None:
    assert spans.tracer is None
    with during(f"00-{TRACE}-{SPAN}-01", "work", "internal", {}) as span:
        assert span is None
