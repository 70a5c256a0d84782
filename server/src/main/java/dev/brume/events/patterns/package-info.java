/// Patterns over JSON, as EventBridge rules, SNS filter policies and event source mappings use
/// them.
@NullMarked
package dev.brume.events.patterns;

import org.jspecify.annotations.NullMarked;
