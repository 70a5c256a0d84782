package dev.brume.services.cloudtrail;

import dev.brume.model.Call;
import dev.brume.model.cloudtrail.CloudTrailApi;
import dev.brume.model.cloudtrail.LookupEventsRequest;
import dev.brume.model.cloudtrail.LookupEventsResponse;
import java.util.List;

/// AWS CloudTrail's operations.
public final class CloudTrailService implements CloudTrailApi {
  @Override
  public LookupEventsResponse lookupEvents(Call call, LookupEventsRequest in) {
    if (in.startTime() != null && in.endTime() != null && in.startTime().isAfter(in.endTime())) {
      throw CloudTrailErrors.timeRange();
    }
    if (in.lookupAttributes().size() > CloudTrailLimits.LOOKUP_ATTRIBUTES_MAX) {
      throw CloudTrailErrors.attributes();
    }
    return new LookupEventsResponse().events(List.of());
  }
}
