package dev.brume.services.cloudtrail;

import dev.brume.model.ServiceError;
import dev.brume.model.cloudtrail.InvalidLookupAttributesException;
import dev.brume.model.cloudtrail.InvalidTimeRangeException;

/// Every error that CloudTrail answers here, with AWS's texts.
final class CloudTrailErrors {
  private CloudTrailErrors() {}

  static ServiceError timeRange() {
    return new InvalidTimeRangeException("The start time must occur before the end time.");
  }

  static ServiceError attributes() {
    return new InvalidLookupAttributesException("Only one lookup attribute can be specified.");
  }
}
