"""Writers: a Report in, a document out; pure. Printing is somebody else's job."""

from typing import Literal, get_args

from offair.contracts.report import Report

Form = Literal["text", "json", "junit", "html", "har"]
FORMS: tuple[Form, ...] = get_args(Form)


def write_report(report: Report, form: Form) -> str:
    """Write a report in the form that is asked for."""
    match form:
        case "text":
            return f"{report}\n"
        case "json":
            from offair.contracts.writers.jsonreport import write_json

            return write_json(report)
        case "junit":
            from offair.contracts.writers.junit import write_junit

            return write_junit(report)
        case "html":
            from offair.contracts.writers.html import write_html

            return write_html(report)
        case "har":
            from offair.contracts.writers.har import write_har

            return write_har(report)
