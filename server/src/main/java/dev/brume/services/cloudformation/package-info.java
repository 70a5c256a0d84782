/// AWS CloudFormation: stacks and change sets, with a journal from which an operation that a crash
/// cut off goes on at start. The front door of CDK and SAM users: answers are held until the work
/// is done, so that no client sleeps in its poll.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html>
///
/// What a resource type is: [dev.brume.resources.ResourceType]. Templates: the package `template`.
///
/// Left out on purpose, and answered as not implemented: stack sets, stack refactoring, the
/// registry of types and hooks, generated templates, resource scans, imports of existing
/// resources, drift detection, rollback triggers, and macros other than
/// `AWS::LanguageExtensions`.
@NullMarked
package dev.brume.services.cloudformation;

import org.jspecify.annotations.NullMarked;
