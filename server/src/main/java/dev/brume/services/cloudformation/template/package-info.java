/// CloudFormation templates as pure rules: text to tree, parameters, conditions, rules, intrinsic
/// functions, dependencies, and the published resource specification. No wire, no disk.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>
@NullMarked
package dev.brume.services.cloudformation.template;

import org.jspecify.annotations.NullMarked;
