"""Bringing files to an S3 bucket: the only place that does. What can be tried again is told from what cannot."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from offair.emulator.core.enclosure import enclose
from offair.emulator.core.streams import Bucket
from offair.emulator.media.packager.names import media_type
from offair.emulator.media.recording.destination import find_fault, shown
from offair.emulator.media.recording.lines import Lines

CONNECT, READ = 3.0, 10.0  # seconds that a bucket may take to be reached, and to say something
STALL = 30.0  # and to take a piece of a file or to answer, however little it says at a time
ATTEMPTS_ELSEWHERE = 500  # from this status on, and for those below, it is the server's trouble and may pass
MAY_PASS = frozenset({408, 425, 429})


class UnreachableError(Exception):
    """The bucket did not answer, or not now; it may later. The message says what happened."""


class ForbiddenError(Exception):
    """The bucket says no, and will as long as nobody changes something. The message says what it says."""


class InterruptedUploadError(Exception):
    """Whoever asked for the upload wants it no more."""


def upload(bucket: Bucket, folder: Path, names: tuple[str, ...], *, prefix: str, go_on: Callable[[], bool]) -> None:
    """Bring files below ``folder`` to ``prefix`` in a bucket, in this order, and see that each is there.

    Raises UnreachableError, ForbiddenError, InterruptedUploadError once ``go_on`` says no, and OSError for a file that
    cannot be read, or does not lie there. What was brought before stays there.
    """
    from boto3.exceptions import Boto3Error  # brings half a second of imports, which a start can do without
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NoConnectionError

    paths = [(enclose(folder, name), f"{prefix}{name}") for name in names]  # all are looked at before any is sent
    where = shown(bucket.endpoint)
    if fault := find_fault(bucket, [key for _, key in paths]):
        raise ForbiddenError(f"{where} cannot be used: {fault}")
    try:
        with closing(_client(bucket)) as client:
            _put_all(client, bucket, paths, go_on)
    except ClientError as error:
        raise _judge(error.response, bucket) from error
    except (HTTPClientError, NoConnectionError) as error:
        is_strange = type(error) is HTTPClientError  # botocore's own word for whatever it did not expect
        happened = "answered what is no answer of S3's" if is_strange else "cannot be reached"
        raise UnreachableError(f"{where} {happened} ({shown(error)})") from error
    except Boto3Error as error:
        cause = error.__context__
        if isinstance(cause, ClientError):
            raise _judge(cause.response, bucket) from error
        raise UnreachableError(f"{where} did not take a file ({shown(error)})") from error
    except (BotoCoreError, ValueError) as error:
        raise ForbiddenError(f"{where} cannot be used: {shown(error)}") from error
    except (InterruptedUploadError, UnreachableError, OSError):
        raise
    except Exception as error:  # whatever an answer does to the client that is none of S3's
        raise UnreachableError(f"{where} answered what is no answer of S3's ({shown(repr(error))})") from error


def _client(bucket: Bucket) -> Any:
    from boto3.session import Session
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT,
        read_timeout=READ,
        retries={"total_max_attempts": 1},  # our caller tries again, for longer than a client would
        s3={"addressing_style": "path"},  # a bucket of one's own has no domain for each name
        request_checksum_calculation="when_required",  # the others are only understood by the newest servers
        response_checksum_validation="when_required",
    )
    return Session().client(
        "s3",
        region_name=bucket.region,
        endpoint_url=bucket.endpoint,
        aws_access_key_id=bucket.access_key_id,
        aws_secret_access_key=bucket.secret_access_key,
        config=config,
    )


def _put_all(client: Any, bucket: Bucket, paths: list[tuple[Path, str]], go_on: Callable[[], bool]) -> None:
    with Lines(client, STALL) as lines:

        def look(_sent: int) -> None:
            if not go_on():
                raise InterruptedUploadError
            lines.go_on()

        try:
            for path, key in paths:
                _put(client, bucket, path, key, look)
        except Exception as error:
            if lines.were_cut:  # then it may be anything: half an answer can look like a whole one
                raise UnreachableError(f"{bucket.endpoint} has not answered within {STALL:g} s") from error
            raise


def _put(client: Any, bucket: Bucket, path: Path, key: str, look: Callable[[int], None]) -> None:
    from boto3.s3.transfer import TransferConfig

    look(0)
    extra = {"ContentType": media_type(path.as_posix()) or "application/octet-stream"}
    if bucket.storage_class:
        extra["StorageClass"] = bucket.storage_class
    with path.open("rb") as file:
        transfer = TransferConfig(use_threads=False)
        client.upload_fileobj(file, bucket.name, key, ExtraArgs=extra, Callback=look, Config=transfer)
    there = client.head_object(Bucket=bucket.name, Key=key)["ContentLength"]
    if there != path.stat().st_size:
        raise UnreachableError(f"{bucket.name}/{key} has {there} bytes of {path.stat().st_size}")


def _judge(answer: Any, bucket: Bucket) -> UnreachableError | ForbiddenError:
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    words = shown(f"{answer['Error'].get('Code')}: {answer['Error'].get('Message')}")
    if status >= ATTEMPTS_ELSEWHERE or status in MAY_PASS:
        return UnreachableError(f"{bucket.endpoint} answered {status} ({words})")
    return ForbiddenError(f"{bucket.endpoint} refuses the bucket {bucket.name!r} ({words})")
