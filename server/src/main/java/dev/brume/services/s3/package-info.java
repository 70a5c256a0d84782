/// [Amazon S3](https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html): buckets, objects,
/// versions, multipart uploads, bucket settings, notifications.
///
/// Objects under SSE-KMS are encrypted, each with a key of its own that only KMS can open.
/// `AES256`, which S3 says of every other object, stands for what protects the data folder.
///
/// Left out on purpose, and answered with NotImplemented: object lock and replication (their
/// settings read as absent), inventories, analytics, metrics, S3 Select, Glacier restore,
/// directory buckets, access points, annotations, customers' own encryption keys, dual-layer
/// encryption, access control lists other than the canned ones.
@NullMarked
package dev.brume.services.s3;

import org.jspecify.annotations.NullMarked;
