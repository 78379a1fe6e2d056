/** What is shared by the tests that try random inputs. */
package io.skypanel.worker.fuzz;
