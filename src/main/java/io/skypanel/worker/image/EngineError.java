package io.skypanel.worker.image;

import java.util.Optional;

/**
 * What the engine said was wrong.
 *
 * @param code a failed command's exit code
 * @param message in the engine's words, which may hold values of build arguments
 */
record EngineError(Optional<Integer> code, String message) {}
