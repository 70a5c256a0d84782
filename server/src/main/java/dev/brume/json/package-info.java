/// JSON documents that are not wire messages: policies, templates, event patterns, events.
@NullMarked
package dev.brume.json;

import org.jspecify.annotations.NullMarked;
