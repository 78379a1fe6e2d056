/** The panel's wire format and what it knows of this worker; panel JSON stops here. */
package io.skypanel.worker.panel;
