/// Who calls and what they may do: SigV4, issued credentials, policy evaluation.
@NullMarked
package dev.brume.auth;

import org.jspecify.annotations.NullMarked;
