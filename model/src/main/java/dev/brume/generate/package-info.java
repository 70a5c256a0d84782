/// Turns `model/services/*.json` into a compact schema and typed Java at build time. Not part of
/// the jar.
package dev.brume.generate;
