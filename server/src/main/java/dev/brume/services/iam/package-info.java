/// AWS Identity and Access Management: roles, their inline and managed policies, permissions
/// boundaries, tags. What is written here decides what role sessions may do.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html>
///
/// Left out on purpose, and answered as not implemented: users, groups and access keys (any access
/// key stands for the owner of an account), identity providers, certificates, instance profiles.
@NullMarked
package dev.brume.services.iam;

import org.jspecify.annotations.NullMarked;
