package dev.brume.services.cloudformation.template;

import dev.brume.model.ServiceError;

/// What is wrong with a template or its parameters, in AWS's words.
public final class TemplateErrors {
  private TemplateErrors() {}

  public static ServiceError validation(String message) {
    return new ServiceError("ValidationError", message, 400);
  }

  static ServiceError format(String problem) {
    return validation("Template format error: " + problem);
  }

  static ServiceError template(String problem) {
    return validation("Template error: " + problem);
  }

  static ServiceError shape(String function, String expected) {
    return template("every " + function + " object requires " + expected);
  }
}
