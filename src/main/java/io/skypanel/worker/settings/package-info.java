/** Every setting, once, typed and checked. */
package io.skypanel.worker.settings;
