"""What Schemathesis judges for us: its checks under names of ours, beside the checks of exchanges."""

from collections.abc import Mapping

from offair.contracts.claim import Claim

TOOL = "Schemathesis 4, check {}; the cloud's document"


SAID = (
    # its check; our name; the claim
    ("response_headers_conformance", "answer/headers", "The headers that are documented for an answer are there."),
    ("negative_data_rejection", "requests/malformed", "What was made to break the document is refused."),
    (
        "positive_data_acceptance",
        "requests/well-formed",
        "What was made to keep the document is not refused.",
    ),
    ("missing_required_header", "requests/headers", "A request without a required header is refused."),
    ("unsupported_method", "requests/methods", "An undocumented method is refused with 405."),
    ("use_after_free", "lifecycle/use-after-delete", "What a story has deleted is not there in its next step."),
    ("ensure_resource_availability", "lifecycle/use-after-make", "What a story has made is there in its next step."),
    ("ignored_auth", "auth/enforced", "What needs credentials is refused without, and with wrong ones."),
)
# by the name of its check; those that judge what a check of exchanges judges by grade and source are left out
DRIVEN: Mapping[str, Claim] = {
    check: Claim(name=name, claim=claim, source=TOOL.format(check)) for check, name, claim in SAID
}
# what answer/* say with grade and source, tenants/* with known owners, and what is no promise
COVERED = (
    "not_a_server_error",
    "allow_header_conformance",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "object_level_authorization",
    "max_response_time",
)
