package dev.brume.services.cloudformation;

import dev.brume.ids.Ids;
import dev.brume.model.ServiceError;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import dev.brume.services.cloudformation.template.Specification;
import dev.brume.services.cloudformation.template.Template;
import dev.brume.store.StoreClosed;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What an operation does to one resource. Each step writes what it is about to do, does it, and
/// writes that it is done; repeated after a crash it comes to the same.
final class Steps {
  private static final System.Logger LOG = System.getLogger("brume.cloudformation");

  private final Run run;
  private final Types types;
  private final Ids ids;
  private final @Nullable StackPolicy policy;

  /// @param policy what the update may touch, null for everything
  Steps(Run run, Types types, Ids ids, @Nullable StackPolicy policy) {
    this.run = run;
    this.types = types;
    this.ids = ids;
    this.policy = policy;
  }

  /// Why a resource that is no longer wanted may not be removed, after the event that tells so;
  /// null if all may.
  @Nullable String denied(Set<String> wanted) {
    for (ResourceRow row : run.rows().values()) {
      Made current = row.current();
      if (policy != null && current != null && !wanted.contains(row.logicalId())) {
        String reason = policy.refusal("Update:Delete", row.logicalId(), row.type());
        if (reason != null) {
          failed(row, current, false, reason);
          return "The following resource(s) failed to update: [" + row.logicalId() + "]. ";
        }
      }
    }
    return null;
  }

  /// Makes or changes the resource as the template wants it. Returns false, after the event that
  /// tells why, if that failed.
  boolean deploy(Wanted wanted, Template.Resource declared) {
    ResourceRow row = run.row(declared.logicalId(), declared.type());
    Made pending = row.pending();
    if (pending != null && pending.done()) {
      return true;
    }
    Made current = row.current();
    String suffix =
        pending != null ? pending.suffix() : current != null ? current.suffix() : ids.upper(12);
    Made made;
    try {
      made = wanted.made(declared, suffix);
    } catch (ServiceError e) {
      failed(row, blank(declared, suffix), current == null, String.valueOf(e.getMessage()));
      return false;
    }
    if (current == null) {
      return create(row, made, "CREATE", null);
    }
    if (pending != null && !pending.sameMaking(current)) {
      return create(row, made, "UPDATE", null);
    }
    List<Specification.Difference> differences = wanted.differences(current, made);
    if (differences.isEmpty() && !wanted.tagsDiffer(current, made)) {
      Made renewed = current.like(made);
      if (!renewed.equals(current)) {
        run.quiet(row.pending(renewed));
      }
      return true;
    }
    boolean replaces = Wanted.replaces(differences);
    String refusal =
        policy == null
            ? null
            : policy.refusal(
                replaces ? "Update:Replace" : "Update:Modify", row.logicalId(), row.type());
    if (refusal != null) {
      failed(row, current, false, refusal);
      return false;
    }
    return replaces ? replace(wanted, row, declared, made) : change(row, made, current);
  }

  private static Made blank(Template.Resource declared, String suffix) {
    return new Made(
        declared.type(),
        null,
        "{}",
        "{}",
        suffix,
        List.of(),
        declared.deletionPolicy(),
        declared.updateReplacePolicy(),
        null,
        java.util.Map.of(),
        false);
  }

  private boolean replace(
      Wanted wanted, ResourceRow row, Template.Resource declared, Made sameSuffix) {
    String name = sameName(row, sameSuffix);
    Made made = wanted.made(declared, ids.upper(12));
    if (name != null) {
      String reason =
          "CloudFormation cannot update a stack when a custom-named resource requires replacing."
              + " Rename "
              + name
              + " and update the stack again.";
      failed(row, made, false, reason);
      return false;
    }
    return create(
        row,
        made,
        "UPDATE",
        "Requested update requires the creation of a new physical resource; hence creating one.");
  }

  private static @Nullable String sameName(ResourceRow row, Made made) {
    Made current = row.current();
    String type = made.type().substring(made.type().lastIndexOf(':') + 1);
    var now = made.propertyTree().path(type + "Name");
    if (current == null || !now.isTextual()) {
      return null;
    }
    return now.equals(current.propertyTree().path(type + "Name")) ? now.asText() : null;
  }

  private boolean create(ResourceRow row, Made made, String verb, @Nullable String reason) {
    ResourceRow begun = row.pending(made);
    run.step(begun, made, verb + "_IN_PROGRESS", reason);
    return attempt(
        begun, made, verb, () -> types.get(made.type()).create(run.request(row.logicalId(), made)));
  }

  private boolean change(ResourceRow row, Made wanted, Made current) {
    Made made = wanted.done(new ResourceState(text(current.physicalId()), java.util.Map.of()));
    Made begun =
        new Made(
            made.type(),
            made.physicalId(),
            made.properties(),
            current.attributes(),
            made.suffix(),
            made.dependsOn(),
            made.deletionPolicy(),
            made.updateReplacePolicy(),
            made.metadata(),
            made.tags(),
            false);
    ResourceRow before = row.pending(begun);
    run.step(before, begun, "UPDATE_IN_PROGRESS", null);
    return attempt(
        before,
        begun,
        "UPDATE",
        () ->
            types
                .get(begun.type())
                .update(
                    run.request(row.logicalId(), begun),
                    text(begun.physicalId()),
                    current.propertyTree()));
  }

  private boolean attempt(ResourceRow row, Made made, String verb, Supplier<ResourceState> work) {
    try {
      Made done = made.done(work.get());
      String before = made.physicalId();
      if (before != null && !before.equals(done.physicalId())) {
        // A custom resource that answers an update with another id was replaced.
        done = otherMaking(done);
      }
      run.step(row.pending(done), done, verb + "_COMPLETE", null);
      return true;
    } catch (CustomResourceFailed e) {
      Made failed = made.physicalId() == null ? made.failedAs(e.physicalId()) : made;
      failed(row.pending(failed), failed, verb.equals("CREATE"), e.getMessage());
    } catch (ServiceError e) {
      failed(row, made, verb.equals("CREATE"), reason(e));
    } catch (StoreClosed e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, made.type() + " failed", e);
      failed(row, made, verb.equals("CREATE"), "Internal Failure: " + e);
    }
    return false;
  }

  private Made otherMaking(Made made) {
    return new Made(
        made.type(),
        made.physicalId(),
        made.properties(),
        made.attributes(),
        ids.upper(12),
        made.dependsOn(),
        made.deletionPolicy(),
        made.updateReplacePolicy(),
        made.metadata(),
        made.tags(),
        made.done());
  }

  private void failed(ResourceRow row, Made made, boolean creating, @Nullable String reason) {
    run.step(row, made, creating ? "CREATE_FAILED" : "UPDATE_FAILED", reason);
  }

  // The CDK command line looks for `HandlerErrorCode: <word>`.
  private String reason(ServiceError e) {
    return "Resource handler returned message: \""
        + e.getMessage()
        + "\" (RequestToken: "
        + run.operation().id()
        + ", HandlerErrorCode: "
        + handlerCode(e.code())
        + ")";
  }

  private static String handlerCode(String code) {
    String lower = code.toLowerCase(Locale.ROOT);
    if (lower.contains("accessdenied") || lower.contains("unauthorized")) {
      return "AccessDenied";
    }
    if (lower.contains("alreadyexist") || lower.contains("nameexists")) {
      return "AlreadyExists";
    }
    if (lower.contains("notfound") || lower.contains("nosuch") || lower.contains("nonexist")) {
      return "NotFound";
    }
    return lower.contains("throttl") ? "Throttling" : "InvalidRequest";
  }

  /// Undoes a change in place. Returns false if that failed.
  boolean restore(String logicalId) {
    ResourceRow row = run.rows().get(logicalId);
    Made current = row == null ? null : row.current();
    Made pending = row == null ? null : row.pending();
    if (row == null || current == null || pending == null) {
      return true;
    }
    if (run.operation().retain().contains(logicalId)) {
      run.step(row.pending(null), current, "UPDATE_COMPLETE", "Skipped on request");
      return true;
    }
    if (!pending.sameMaking(current)) {
      run.step(row, current, "UPDATE_COMPLETE", null);
      return true;
    }
    if (pending.properties().equals(current.properties())
        && pending.tags().equals(current.tags())) {
      run.quiet(row.pending(null));
      return true;
    }
    run.step(row, current, "UPDATE_IN_PROGRESS", null);
    try {
      types
          .get(current.type())
          .update(
              run.request(logicalId, current), text(current.physicalId()), pending.propertyTree());
      run.step(row.pending(null), current, "UPDATE_COMPLETE", null);
      return true;
    } catch (CustomResourceFailed e) {
      run.step(row, current, "UPDATE_FAILED", e.getMessage());
    } catch (ServiceError e) {
      run.step(row, current, "UPDATE_FAILED", reason(e));
    } catch (StoreClosed e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, current.type() + " failed", e);
      run.step(row, current, "UPDATE_FAILED", "Internal Failure: " + e);
    }
    return false;
  }

  /// Removes one making of a resource, or leaves it where it is.
  boolean remove(String logicalId, Made made, boolean retained) {
    ResourceRow row = run.row(logicalId, made.type());
    String physicalId = made.physicalId();
    if (retained) {
      run.step(row.without(made), made, "DELETE_SKIPPED", null);
      return true;
    }
    if (physicalId == null) {
      run.step(row.without(made), made, "DELETE_COMPLETE", null);
      return true;
    }
    run.step(row, made, "DELETE_IN_PROGRESS", null);
    ResourceType type = types.find(made.type());
    try {
      if (type != null) {
        type.delete(run.request(logicalId, made), physicalId);
      }
      run.step(row.without(made), made, "DELETE_COMPLETE", null);
      return true;
    } catch (CustomResourceFailed e) {
      run.step(row, made, "DELETE_FAILED", e.getMessage());
    } catch (ServiceError e) {
      run.step(row, made, "DELETE_FAILED", reason(e));
    } catch (StoreClosed e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, made.type() + " failed", e);
      run.step(row, made, "DELETE_FAILED", "Internal Failure: " + e);
    }
    return false;
  }

  private static String text(@Nullable String id) {
    return id == null ? "" : id;
  }
}
