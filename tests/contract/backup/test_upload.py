"""Streaming to a bucket that locks what it gets (moto)."""

import base64
import hashlib
import io
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from functions.backup_dump.finish import DumpIncompleteError, FinishDump, MadePart
from functions.backup_dump.upload import PART_BYTES, Bucket, BucketUnavailableError
from tests.contract.tables import CREDENTIALS, REGION
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "statline-backups-of-a-test"


@pytest.fixture
def client() -> "Iterator[S3Client]":
    with patch.dict(os.environ, CREDENTIALS), mock_aws():
        client = boto3.client("s3", region_name=REGION)
        client.create_bucket(
            Bucket=BUCKET,
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": "ca-central-1"},
        )
        client.put_object_lock_configuration(
            Bucket=BUCKET,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 35}},
            },
        )
        yield client


@pytest.mark.parametrize("size", [0, 5, PART_BYTES, 2 * PART_BYTES + 1])
def test_a_file_arrives_whole_with_its_checksum(client: "S3Client", size: int) -> None:
    content = os.urandom(size)
    upload = Bucket(client, BUCKET).begin("dumps/a.dump")

    upload.send(io.BytesIO(content))
    stored = upload.complete()

    found = client.get_object(Bucket=BUCKET, Key="dumps/a.dump", VersionId=stored.version)
    assert found["Body"].read() == content
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(content).hexdigest())


def test_what_is_aborted_is_not_there(client: "S3Client") -> None:
    upload = Bucket(client, BUCKET).begin("dumps/a.dump")
    upload.send(io.BytesIO(b"half"))

    upload.abort()
    upload.abort()

    assert "Contents" not in client.list_objects_v2(Bucket=BUCKET)
    assert "Uploads" not in client.list_multipart_uploads(Bucket=BUCKET)


def test_a_bucket_that_refuses_says_which_file_and_why(client: "S3Client") -> None:
    with pytest.raises(BucketUnavailableError, match=r"s3://nowhere-at-all/dumps/a\.dump .* NoSuchBucket"):
        Bucket(client, "nowhere-at-all").begin("dumps/a.dump")


def test_the_manifest_is_locked_and_names_every_file_in_the_order_of_restoring(client: "S3Client") -> None:
    finish = FinishDump(Bucket(client, BUCKET), "clinical", FakeClock())
    parts = [MadePart(n, 3, f"dumps/b/{n:04}-x.dump", f"v{n}", 10, "aa") for n in (2, 0, 1)]

    assert finish("b", parts) == f"s3://{BUCKET}/dumps/b/"

    answer = client.get_object(Bucket=BUCKET, Key="dumps/b/manifest.json", ChecksumMode="ENABLED")
    body = answer["Body"].read()
    assert base64.b64decode(answer["ChecksumSHA256"]) == hashlib.sha256(body).digest()
    assert answer["ObjectLockMode"] == "COMPLIANCE"
    for words in (b'"version": "v2"', b"pg_restore --exit-on-error --dbname=clinical 0002-x.dump"):
        assert words in body
    assert body.index(b"clinical 0000-x.dump") < body.index(b"clinical 0001-x.dump")


@pytest.mark.parametrize("made", [[], [0, 2], [0, 1]])
def test_a_dump_that_lacks_a_part_has_no_manifest(client: "S3Client", made: list[int]) -> None:
    finish = FinishDump(Bucket(client, BUCKET), "clinical", FakeClock())

    with pytest.raises(DumpIncompleteError, match="were not made"):
        finish("b", [MadePart(n, 3, f"dumps/b/{n}.dump", "v", 1, "aa") for n in made])

    assert "Contents" not in client.list_objects_v2(Bucket=BUCKET)
