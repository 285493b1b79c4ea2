"""Streams a file of unknown length to S3, in parts, with a checksum of each part and one of the whole.

The bucket locks what arrives, by its default retention; nothing is asked for here. Nothing is read back: the function
has no right to.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.aws.clients import USER_AGENT
from functions.core.domain.errors import TemporaryError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

CALLS = Config(
    connect_timeout=5,
    read_timeout=60,
    retries={"mode": "standard", "total_max_attempts": 5},
    user_agent=USER_AGENT,
)
"""A part that is sent again replaces itself."""
PART_BYTES = 16 * 1024 * 1024
"""So much is held in memory. S3 takes 10,000 parts: 156 GiB."""
_SHA256: Final = "SHA256"


class BucketUnavailableError(TemporaryError):
    """S3 did not take what was sent. What was there of it is thrown away."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the bucket. version: S3's, because a second try writes the same key again. sha256: hexadecimal."""

    key: str
    version: str
    size: int
    sha256: str


class Bucket:
    """One bucket, to write to."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self.name = name

    def put(self, key: str, body: bytes) -> Stored:
        """Store a small file. Raises `BucketUnavailableError`."""
        digest = hashlib.sha256(body)
        try:
            answer = self._client.put_object(
                Bucket=self.name,
                Key=key,
                Body=body,
                ChecksumAlgorithm=_SHA256,
                ChecksumSHA256=_base64(digest.digest()),
            )
        except (ClientError, BotoCoreError) as cause:
            raise _not_written(self.name, key, cause) from cause
        return Stored(key, answer.get("VersionId", ""), len(body), digest.hexdigest())

    def begin(self, key: str) -> "Upload":
        """Begin to store a file. It is there once it is completed. Raises `BucketUnavailableError`."""
        try:
            begun = self._client.create_multipart_upload(Bucket=self.name, Key=key, ChecksumAlgorithm=_SHA256)
        except (ClientError, BotoCoreError) as cause:
            raise _not_written(self.name, key, cause) from cause
        return Upload(self._client, self.name, key, begun["UploadId"])


class Upload:
    """A file that is being stored. Every method but `abort` raises `BucketUnavailableError`."""

    def __init__(self, client: "S3Client", bucket: str, key: str, upload: str) -> None:
        self._client = client
        self._bucket, self._key, self._upload = bucket, key, upload
        self._parts: list[CompletedPartTypeDef] = []
        self._whole = hashlib.sha256()
        self._size = 0

    def send(self, source: IO[bytes]) -> None:
        """Send everything that the source has, as it comes."""
        for chunk in _chunks(source):
            self._whole.update(chunk)
            self._size += len(chunk)
            self._send(len(self._parts) + 1, chunk)

    def complete(self) -> Stored:
        """Let the file be there."""
        try:
            answer = self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload, MultipartUpload={"Parts": self._parts}
            )
        except (ClientError, BotoCoreError) as cause:
            raise _not_written(self._bucket, self._key, cause) from cause
        return Stored(self._key, answer.get("VersionId", ""), self._size, self._whole.hexdigest())

    def abort(self) -> None:
        """Throw away what has been sent. Where that fails, the bucket's rule for incomplete uploads does it."""
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload)
        except (ClientError, BotoCoreError):
            return

    def _send(self, number: int, chunk: bytes) -> None:
        checksum = _base64(hashlib.sha256(chunk).digest())
        try:
            sent = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload,
                PartNumber=number,
                Body=chunk,
                ChecksumAlgorithm=_SHA256,
                ChecksumSHA256=checksum,
            )
        except (ClientError, BotoCoreError) as cause:
            raise _not_written(self._bucket, self._key, cause) from cause
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": checksum})


def _not_written(bucket: str, key: str, cause: ClientError | BotoCoreError) -> BucketUnavailableError:
    why = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(cause).__name__
    return BucketUnavailableError(f"s3://{bucket}/{key} could not be written: {why}")


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    chunk = source.read(PART_BYTES)
    yield chunk  # also when there is nothing: an upload without a part cannot be completed
    while chunk and (chunk := source.read(PART_BYTES)):
        yield chunk


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
