/// AWS Glue's Data Catalog: databases, tables with their versions, partitions with filter
/// expressions, tags. <https://docs.aws.amazon.com/glue/latest/webapi/WebAPI_DataCatalog.html>
///
/// Left out on purpose: jobs, crawlers, connections and everything else that is not the catalog;
/// catalogs of other accounts, resource links, federated databases, partition indexes, column
/// statistics.
@NullMarked
package dev.brume.services.glue;

import org.jspecify.annotations.NullMarked;
