package dev.brume.services.s3;

import dev.brume.model.s3.Tag;
import dev.brume.protocol.Parameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tags of buckets and objects, with
/// [their rules](https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html).
final class Tags {
  private Tags() {}

  /// Reads the header form, `a=1&b=2`.
  static Map<String, String> parse(String header) {
    var tags = new LinkedHashMap<String, String>();
    Parameters.parse(header)
        .forEach(
            (key, values) -> {
              if (values.size() > 1) {
                throw S3Errors.invalidTag("Cannot provide multiple Tags with the same key");
              }
              tags.put(key, values.getFirst());
            });
    return check(tags, S3Limits.OBJECT_TAGS_MAX);
  }

  static Map<String, String> of(List<Tag> list, int countMax) {
    var tags = new LinkedHashMap<String, String>();
    for (Tag tag : list) {
      if (tags.put(tag.key(), tag.value() == null ? "" : tag.value()) != null) {
        throw S3Errors.invalidTag("Cannot provide multiple Tags with the same key");
      }
    }
    return check(tags, countMax);
  }

  static List<Tag> list(Map<String, String> tags) {
    var list = new ArrayList<Tag>();
    tags.forEach((key, value) -> list.add(new Tag().key(key).value(value)));
    return list;
  }

  private static Map<String, String> check(Map<String, String> tags, int countMax) {
    if (tags.size() > countMax) {
      throw new dev.brume.model.ServiceError(
          "BadRequest",
          countMax == S3Limits.OBJECT_TAGS_MAX
              ? "Object tags cannot be greater than 10"
              : "Bucket tag count cannot be greater than 50",
          400);
    }
    tags.forEach(
        (key, value) -> {
          if (key.isEmpty() || key.length() > S3Limits.TAG_KEY_CHARACTERS_MAX) {
            throw S3Errors.invalidTag("The TagKey you have provided is invalid");
          }
          if (value.length() > S3Limits.TAG_VALUE_CHARACTERS_MAX) {
            throw S3Errors.invalidTag("The TagValue you have provided is invalid");
          }
        });
    return tags;
  }
}
