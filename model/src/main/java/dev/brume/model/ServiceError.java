package dev.brume.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An answer that is not a success. Generated error classes extend it; anything else that AWS
/// answers is made with the constructor here.
public class ServiceError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String code;
  private final int httpStatus;
  private final boolean senderFault;
  private final transient Map<String, String> details = new LinkedHashMap<>();

  /// @param code AWS's error code, e.g. `ValidationError`
  /// @param message AWS's text
  /// @param httpStatus e.g. 400; 500 and above are the receiver's fault
  public ServiceError(String code, @Nullable String message, int httpStatus) {
    this(code, message, httpStatus, httpStatus < 500);
  }

  protected ServiceError(String code, @Nullable String message, int httpStatus, boolean senderFault) {
    super(message, null, false, false);
    this.code = code;
    this.httpStatus = httpStatus;
    this.senderFault = senderFault;
  }

  /// The error's code; for generated errors the shape's name.
  public String code() {
    return code;
  }

  public int httpStatus() {
    return httpStatus;
  }

  public boolean senderFault() {
    return senderFault;
  }

  /// The error as a value of its shape, null when the model has no shape for it.
  public @Nullable Struct struct() {
    return null;
  }

  /// Adds an element to S3's `<Error>` document, e.g. `BucketName`; other protocols ignore it.
  public ServiceError with(String name, String value) {
    details.put(name, value);
    return this;
  }

  public Map<String, String> details() {
    return details;
  }
}
