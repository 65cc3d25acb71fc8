"""Which of a program's last words say why it ended: pure."""

import pytest

from offair.contracts.client.program import last_words

NODE = """file:///home/me/client.mjs:31
  throw error;
  ^

TypeError: Cannot read properties of null (reading 'split')
    at file:///home/me/client.mjs:37:41
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  code: 'ODD'
}

Node.js v20.20.2
"""
PYTHON = """Traceback (most recent call last):
  File "client.py", line 3, in <module>
json.decoder.JSONDecodeError: Expecting value

During handling of the above exception, another exception occurred:

__main__.Refused: 403
"""
GO = "panic: runtime error: index out of range [0]\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:5\nexit status 2\n"
JAVA = 'Exception in thread "main" java.lang.NullPointerException: status\n\tat Client.main(Client.java:5)\n'


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (NODE, "TypeError: Cannot read properties of null (reading 'split')"),
        (PYTHON, "__main__.Refused: 403"),
        (GO, "panic: runtime error: index out of range [0]"),
        (JAVA, 'Exception in thread "main" java.lang.NullPointerException: status'),
        ("one\n  two\n", "one"),
        ("", ""),
        ("  at the end\n", "at the end"),
    ],
)
def test_the_line_that_says_why_is_found_whatever_language_wrote_it(said, why):
    assert why == last_words(said)
