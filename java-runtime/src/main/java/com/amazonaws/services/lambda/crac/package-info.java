/// What of AWS's coordination of snapshots is done otherwise here.
package com.amazonaws.services.lambda.crac;
