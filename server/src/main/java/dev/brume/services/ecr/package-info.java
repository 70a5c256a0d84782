/// Amazon Elastic Container Registry: repositories and their policies, as records.
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/Welcome.html>
///
/// Left out on purpose, and answered as not implemented: images (there is no registry to push to),
/// replication, scanning, pull-through caches. A repository is always empty.
@NullMarked
package dev.brume.services.ecr;

import org.jspecify.annotations.NullMarked;
