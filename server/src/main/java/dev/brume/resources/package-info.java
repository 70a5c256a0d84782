/// What a CloudFormation resource type is. Services implement [ResourceType] for their own types;
/// the CloudFormation service drives them without knowing any service.
@NullMarked
package dev.brume.resources;

import org.jspecify.annotations.NullMarked;
