/// Amazon DynamoDB: tables with global and local secondary indexes, items, expressions, queries,
/// scans, batches, transactions and time to live.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html>
///
/// Left out on purpose, and refused by name: the legacy conditional parameters (Expected,
/// AttributeUpdates, KeyConditions, …), PartiQL, streams, backups, global tables, imports and
/// exports.
@NullMarked
package dev.brume.services.dynamodb;

import org.jspecify.annotations.NullMarked;
