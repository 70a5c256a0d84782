/// Amazon Athena: query executions on the Glue catalog and S3 objects, workgroups, named queries,
/// prepared statements, catalog metadata. <https://docs.aws.amazon.com/athena/latest/APIReference/>
///
/// Left out on purpose: notebooks, Spark sessions and calculations, capacity reservations, data
/// catalogs other than `AwsDataCatalog`, result reuse, encryption of results with KMS keys.
@NullMarked
package dev.brume.services.athena;

import org.jspecify.annotations.NullMarked;
